#include "app/report/element_sources.h"

#include <algorithm>
#include <utility>

#include "app/model/cache_levels.h"
#include "engine/locality/cache_model.h"

namespace loopglass::report {
namespace {

using app::kLine;

int64_t difference(int64_t now, int64_t before) {
  return now < 0 && before < 0 ? kInNeither : std::max<int64_t>(now, 0) - std::max<int64_t>(before, 0);
}

class Differences : public locality::CountSource {
 public:
  Differences(locality::ElementCounts now, locality::ElementCounts before) : now_(std::move(now)), before_(std::move(before)) {}

  int64_t at(int64_t element) const override {
    const auto index = static_cast<size_t>(element);
    return difference(now_[index], before_.empty() ? -1 : before_[index]);
  }
  void read(int64_t first, int64_t step, std::span<int64_t> to) const override {
    std::vector<int64_t> before(to.size(), -1);
    now_.read(first, step, to);
    if (!before_.empty()) before_.read(first, step, before);
    for (size_t i = 0; i < to.size(); ++i) to[i] = difference(to[i], before[i]);
  }

 private:
  const locality::ElementCounts now_, before_;
};

class Nearness : public locality::CountSource {
 public:
  Nearness(const locality::BufferAccess& buffer, size_t place, std::shared_ptr<const app::Instant> moment)
      : shape_(buffer.shape), strides_(buffer.strides), base_(buffer.base), lines_(&moment->lines.at(place)), levels_(static_cast<int64_t>(moment->levels.size())), moment_(std::move(moment)) {}

  int64_t at(int64_t element) const override {
    int64_t address = base_;
    for (size_t d = shape_.size(); d-- > 0; element /= shape_[d]) address += element % shape_[d] * strides_[d];
    const int64_t level = lines_->level.at(static_cast<size_t>(address / kLine - lines_->first));
    return level == 0 ? 0 : levels_ + 1 - level;
  }
  void read(int64_t first, int64_t step, std::span<int64_t> to) const override {
    for (int64_t& each : to) {
      each = at(first);
      first += step;
    }
  }
  bool is_never_negative() const override { return true; }

 private:
  const std::vector<int64_t> shape_, strides_;
  const int64_t base_;
  const app::Instant::Lines* const lines_;
  const int64_t levels_;
  const std::shared_ptr<const app::Instant> moment_;
};

}  // namespace

locality::ElementCounts differences(locality::ElementCounts now, locality::ElementCounts before) {
  const size_t size = now.size();
  return {size, std::make_shared<Differences>(std::move(now), std::move(before))};
}

locality::ElementCounts nearness(const locality::Access& access, size_t buffer, std::shared_ptr<const app::Instant> moment) {
  const locality::BufferAccess& of = access.buffers.at(buffer);
  return {of.first.size(), std::make_shared<Nearness>(of, buffer, std::move(moment))};
}

}  // namespace loopglass::report
