// The lines on which the elements of a buffer lie.
#pragma once

#include <algorithm>

#include "engine/locality/access.h"

namespace loopglass::locality {

// Calls visit(first, count, line) for stretches of elements, row-major, of which each begins on that line; line number = address / line.
template <class Visit>
void for_each_stretch(const BufferAccess& buffer, int64_t line, const Visit& visit) {
  const int64_t row = buffer.shape.empty() ? 1 : buffer.shape.back(), step = buffer.shape.empty() ? 1 : buffer.strides.back();
  std::vector<int64_t> at(buffer.shape.size());
  int64_t address = buffer.base;
  const auto elements = static_cast<int64_t>(buffer.last.size());
  for (int64_t first = 0; first < elements; first += row) {
    for (int64_t n = 0, count = 0; n < row; n += count) {
      const int64_t here = address + n * step, number = here / line;
      count = step < 1 ? 1 : std::min((number * line + line - here + step - 1) / step, row - n);
      visit(first + n, count, number);
    }
    for (size_t d = at.size(); d-- > 1;) {
      address += buffer.strides[d - 1];
      if (++at[d - 1] < buffer.shape[d - 1]) break;
      address -= buffer.strides[d - 1] * buffer.shape[d - 1];
      at[d - 1] = 0;
    }
  }
}

// Of each element, row-major, what `by_line` has for its line, from first_line on. Of the lines, only those of the buffer are kept.
ElementCounts of_elements(const std::vector<int64_t>& by_line, int64_t first_line, int64_t line, const BufferAccess& buffer);

}  // namespace loopglass::locality
