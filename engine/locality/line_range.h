// What the caches and the stack distances share: the options in one form, and the numbers of the lines.
#pragma once

#include "engine/locality/layout.h"

namespace loopglass::locality {

// The lines that a layout covers: numbers first to first + count - 1.
struct LineRange {
  int64_t first = 0, count = 0;
  bool is_separate = true;   // no line belongs to two buffers
};

// Errors: BadArgument (no line size), KernelMemory (more lines than can be counted one by one).
Result<LineRange> lines_of(const Layout& layout, int64_t line, int64_t max_bytes);

}  // namespace loopglass::locality
