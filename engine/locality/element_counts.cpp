#include "engine/locality/element_counts.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace loopglass::locality {

namespace {

class DenseSource : public CountSource {
 public:
  explicit DenseSource(DenseCounts numbers) : numbers_(std::move(numbers)) {}
  int64_t at(int64_t element) const override { return numbers_[static_cast<size_t>(element)]; }
  void read(int64_t first, int64_t step, std::span<int64_t> to) const override {
    const int64_t* from = numbers_.data() + first;
    if (step == 1) return void(std::copy_n(from, to.size(), to.data()));
    for (size_t i = 0; i < to.size(); ++i) to[i] = from[static_cast<int64_t>(i) * step];
  }

 private:
  DenseCounts numbers_;
};

class TouchedSource : public CountSource {
 public:
  TouchedSource(ElementCounts first, ElementCounts a, ElementCounts b) : first_(std::move(first)), a_(std::move(a)), b_(std::move(b)) {}
  int64_t at(int64_t element) const override {
    const auto e = static_cast<size_t>(element);
    return first_[e] < 0 ? -1 : std::max<int64_t>((a_.empty() ? 0 : a_[e]) + (b_.empty() ? 0 : b_[e]), -1);
  }
  void read(int64_t first, int64_t step, std::span<int64_t> to) const override {
    constexpr size_t kPart = 1024;
    std::array<int64_t, kPart> part;
    for (; !to.empty(); to = to.subspan(std::min(kPart, to.size())), first += step * static_cast<int64_t>(kPart)) {
      const std::span<int64_t> here = to.first(std::min(kPart, to.size())), there = std::span(part).first(here.size());
      std::ranges::fill(here, 0);
      for (const ElementCounts* term : {&a_, &b_}) {
        if (term->empty()) continue;
        term->read(first, step, there);
        for (size_t i = 0; i < here.size(); ++i) here[i] += there[i];
      }
      first_.read(first, step, there);
      for (size_t i = 0; i < here.size(); ++i) here[i] = there[i] < 0 ? -1 : std::max<int64_t>(here[i], -1);
    }
  }

 private:
  ElementCounts first_, a_, b_;
};

}  // namespace

ElementCounts::ElementCounts(DenseCounts numbers) : size_(numbers.size()), source_(std::make_shared<DenseSource>(std::move(numbers))) {}

int64_t ElementCounts::at(size_t element) const {
  if (element >= size_) throw std::out_of_range("an element that the buffer does not have");
  return (*this)[element];
}

void ElementCounts::read(int64_t first, int64_t step, std::span<int64_t> to) const {
  if (!to.empty()) source_->read(first, std::max<int64_t>(step, 1), to);
}

int64_t ElementCounts::largest(int64_t least) const {
  for_each_block(*this, [&](int64_t, std::span<const int64_t> numbers) { least = std::max(least, std::ranges::max(numbers)); });
  return least;
}

DenseCounts ElementCounts::dense() const {
  DenseCounts numbers(size_);
  read(0, 1, numbers);
  return numbers;
}

bool ElementCounts::is_dense() const { return dynamic_cast<const DenseSource*>(source_.get()) != nullptr; }

ElementCounts where_touched(ElementCounts first, ElementCounts a, ElementCounts b) {
  const size_t size = first.size();
  return {size, std::make_shared<TouchedSource>(std::move(first), std::move(a), std::move(b))};
}

}  // namespace loopglass::locality
