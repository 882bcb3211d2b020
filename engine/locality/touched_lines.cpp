#include "engine/locality/touched_lines.h"

#include <algorithm>

namespace loopglass::locality {

namespace {

// Of the last dimension, with those before it that continue it.
int64_t elements_of_a_row(const PlacedBuffer& buffer) {
  int64_t row = 1;
  for (size_t d = buffer.shape.size(); d-- > 0 && buffer.strides[d] == row * buffer.strides.back();) row *= buffer.shape[d];
  return row;
}

}  // namespace

ElementBits lines_of(const PlacedBuffer& buffer, const ElementBits& touched, int64_t line) {
  const int64_t first_line = buffer.base / line, step = buffer.shape.empty() ? 0 : buffer.strides.back(), row = std::max<int64_t>(elements_of_a_row(buffer), 1);
  ElementBits lines((buffer.end - buffer.base + line - 1) / line + 1);
  for (int64_t start = 0; start < buffer.elements; start += row) {
    int64_t address = buffer.address(start);
    if (step > 0 && step <= line && touched.all(start, row)) {   // no line between the first and the last is left out
      const int64_t first = address / line, last = (address + (row - 1) * step) / line;
      lines.set_range(first - first_line, last - first + 1);
      continue;
    }
    for (int64_t e = start; e < start + row;) {
      const int64_t at = address / line, room = step > 0 ? ((at + 1) * line - address + step - 1) / step : 1;   // elements from here on that start on the line
      const int64_t end = std::min(e + room, start + row);
      if (touched.any(e, end - e)) lines.set(at - first_line);
      address += (end - e) * step;
      e = end;
    }
  }
  return lines;
}

int64_t count_lines(const PlacedBuffer& buffer, const ElementBits& touched, int64_t line) { return lines_of(buffer, touched, line).count(); }

}  // namespace loopglass::locality
