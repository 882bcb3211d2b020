#include "engine/locality/reference_touches.h"

#include <algorithm>

#include "engine/locality/walker.h"
#include "engine/support/integer.h"

namespace loopglass::locality {

namespace {

// The iterations of a run that touch an element. The loop of the longest stride is fixed first: to those that are left, the rest of the way is in reach of few of its iterations.
class RunSearch {
 public:
  explicit RunSearch(const TouchGroup& group) : group_(group) {
    for (const TouchGroup::Dim& dim : group.dims) {
      below_.push_back(reach_);
      const int64_t end = dim.stride * (dim.count - 1);
      reach_.low += std::min<int64_t>(end, 0), reach_.high += std::max<int64_t>(end, 0);
    }
  }

  // Adds them to what is known of the element.
  void find(int64_t element, Touches& found) const { find(group_.dims.size() - 1, element - group_.at, group_.first, group_.last, found); }

 private:
  struct Reach {
    int64_t low = 0, high = 0;
  };

  void find(int d, int64_t rest, int64_t first, int64_t last, Touches& found) const {
    if (d < 0) return rest == 0 ? add(first, last, found) : void();
    const TouchGroup::Dim& dim = group_.dims[d];
    const Reach& below = below_[d];
    const int64_t step = std::abs(dim.stride), near = dim.stride > 0 ? rest - below.high : below.low - rest, far = dim.stride > 0 ? rest - below.low : below.high - rest;
    const int64_t from = std::max<int64_t>(-floor_div(-near, step), 0), to = std::min(floor_div(far, step), dim.count - 1);
    for (int64_t t = from; t <= to; ++t) find(d - 1, rest - t * dim.stride, first + t * dim.first, last + t * dim.last, found);
  }

  void add(int64_t first, int64_t last, Touches& found) const {
    found.first = found.times > 0 ? std::min(found.first, first) : first;
    found.last = found.times > 0 ? std::max(found.last, last) : last;
    found.times += group_.reads + group_.writes;
  }

  const TouchGroup& group_;
  InlineVector<Reach, kMaxDepth> below_;   // by dimension: how far those of shorter strides lead
  Reach reach_;
};

class TouchSink : public RunSink {
 public:
  TouchSink(int buffer, int64_t element) : buffer_(buffer), element_(element) {}

  void run(const Run& run) override {
    if (run.buffer != buffer_) return;
    Touches touches;
    if (const auto known = by_reference.find(run.reference); known != by_reference.end()) touches = known->second;
    const TouchGroup group(run);
    RunSearch(group).find(element_, touches);
    if (touches.times > 0) by_reference[run.reference] = touches;
  }

  std::map<int, Touches> by_reference;

 private:
  const int buffer_;
  const int64_t element_;
};

}  // namespace

Result<std::map<int, Touches>> touches_by_reference(const Nest& nest, const Layout& layout, int buffer, int64_t element, const Options& options) {
  TouchSink sink(buffer, element);
  TRY(Walker(nest, layout, sink, options.stop, options.max_runs).walk());
  return std::move(sink.by_reference);
}

}  // namespace loopglass::locality
