#include "engine/locality/first_touches.h"

namespace loopglass::locality {

FirstTouches::FirstTouches(const Layout& layout, const LineRange& lines, int64_t line)
    : layout_(layout), first_line_(lines.first), line_(line), times_(static_cast<size_t>(lines.count), INT64_MAX) {}

void FirstTouches::run(const Run& run) {
  const PlacedBuffer& buffer = layout_.buffers[static_cast<size_t>(run.buffer)];
  auto dims = run.dims;
  std::sort(dims.begin(), dims.end(), [](const Run::Dim& a, const Run::Dim& b) { return std::abs(a.stride) < std::abs(b.stride); });
  const auto touch_from = [&](auto& self, int dim, int64_t element, int64_t time) -> void {
    if (dim > 0) {
      for (int64_t t = 0; t < dims[dim].count; ++t) self(self, dim - 1, element + t * dims[dim].stride, time + t * dims[dim].ordinal);
      return;
    }
    const Run::Dim inner = dims.empty() ? Run::Dim{1, 0, 0} : dims[0];
    for (int64_t t = 0; t < inner.count; ++t) {
      int64_t& first = times_[static_cast<size_t>(buffer.address(element + t * inner.stride) / line_ - first_line_)];
      first = std::min(first, time + t * inner.ordinal);
    }
  };
  touch_from(touch_from, dims.empty() ? 0 : dims.size() - 1, run.at.constant, run.ordinal);
}

std::vector<int64_t> FirstTouches::take() {
  for (int64_t& time : times_)
    if (time == INT64_MAX) time = -1;
  return std::move(times_);
}

}  // namespace loopglass::locality
