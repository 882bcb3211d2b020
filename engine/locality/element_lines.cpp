#include "engine/locality/element_lines.h"

namespace loopglass::locality {

namespace {

class LineSource : public CountSource {
 public:
  LineSource(const std::vector<int64_t>& by_line, int64_t first_line, int64_t line, const BufferAccess& buffer)
      : line_(line), base_(buffer.base), shape_(buffer.shape), strides_(buffer.strides) {
    int64_t low = base_, high = base_;
    for (size_t d = 0; d < shape_.size(); ++d) (strides_[d] < 0 ? low : high) += strides_[d] * (shape_[d] - 1);
    first_line_ = low / line;
    numbers_.assign(by_line.begin() + (first_line_ - first_line), by_line.begin() + (high / line - first_line + 1));
  }

  int64_t at(int64_t element) const override { return number(address(element)); }

  void read(int64_t first, int64_t step, std::span<int64_t> to) const override {
    const int64_t row = shape_.empty() ? 1 : shape_.back(), stride = shape_.empty() ? 0 : strides_.back() * step;
    for (size_t i = 0; i < to.size();) {
      const int64_t element = first + static_cast<int64_t>(i) * step;
      int64_t at = address(element);
      for (int64_t left = row - element % row; left > 0 && i < to.size(); left -= step, at += stride) to[i++] = number(at);
    }
  }

 private:
  int64_t number(int64_t address) const { return numbers_[static_cast<size_t>(address / line_ - first_line_)]; }
  int64_t address(int64_t element) const {
    int64_t at = base_;
    for (size_t d = shape_.size(); d-- > 0; element /= shape_[d]) at += element % shape_[d] * strides_[d];
    return at;
  }

  int64_t line_, base_, first_line_ = 0;
  std::vector<int64_t> shape_, strides_, numbers_;   // numbers by line, from first_line_ on
};

}  // namespace

ElementCounts of_elements(const std::vector<int64_t>& by_line, int64_t first_line, int64_t line, const BufferAccess& buffer) {
  if (buffer.last.empty()) return {};
  return {buffer.last.size(), std::make_shared<LineSource>(by_line, first_line, line, buffer)};
}

}  // namespace loopglass::locality
