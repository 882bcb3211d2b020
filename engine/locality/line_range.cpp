#include "engine/locality/line_range.h"

#include <fmt/format.h>

#include <algorithm>

namespace loopglass::locality {

Result<LineRange> lines_of(const Layout& layout, int64_t line, int64_t max_bytes) {
  if (line < 1) return fail(DiagnosticKind::BadArgument, fmt::format("a line of {} bytes", line), "choose a line of 1 byte or more");
  int64_t low = INT64_MAX, high = INT64_MIN;
  bool is_separate = true;
  std::vector<int64_t> starts;
  for (const PlacedBuffer& buffer : layout.buffers) {
    starts.push_back(high == INT64_MIN ? 0 : high / line + 1 - low / line);   // an empty buffer has none
    if (buffer.elements == 0) continue;
    int64_t first = buffer.base, last = buffer.base;
    for (size_t d = 0; d < buffer.shape.size(); ++d) (buffer.strides[d] < 0 ? first : last) += buffer.strides[d] * (buffer.shape[d] - 1);
    is_separate = is_separate && (high == INT64_MIN || first / line > high / line);
    if (high != INT64_MIN) starts.back() = first / line - low / line;
    low = std::min(low, first), high = std::max(high, last);
  }
  if (low > high) return LineRange{0, 0, true, std::vector<int64_t>(layout.buffers.size() + 1)};
  starts.push_back(high / line - low / line + 1);
  const LineRange lines{low / line, starts.back(), is_separate, std::move(starts)};
  // Some words for every line and level.
  if (lines.count > max_bytes / 64 || lines.count > INT32_MAX / 4)
    return fail(DiagnosticKind::KernelMemory, fmt::format("the buffers cover {} lines, too many to count each line's misses", lines.count),
                "make the buffers or their row pitch smaller");
  return lines;
}

}  // namespace loopglass::locality
