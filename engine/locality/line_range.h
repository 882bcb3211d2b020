// What the caches and the stack distances share: the options in one form, and the numbers of the lines.
#pragma once

#include <algorithm>

#include "engine/locality/layout.h"

namespace loopglass::locality {

// The lines that a layout covers: numbers first to first + count - 1.
struct LineRange {
  int64_t first = 0, count = 0;
  bool is_separate = true;            // no line belongs to two buffers
  std::vector<int64_t> starts;        // where they are separate: each buffer's first line, from `first` on; then `count`

  size_t owner(uint32_t line) const { return static_cast<size_t>(std::ranges::upper_bound(starts, int64_t{line}) - starts.begin()) - 1; }
};

// Errors: BadArgument (no line size), KernelMemory (more lines than can be counted one by one).
Result<LineRange> lines_of(const Layout& layout, int64_t line, int64_t max_bytes);

}  // namespace loopglass::locality
