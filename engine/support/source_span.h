// Places in a source text: byte offsets, and the line and column a person reads.
#pragma once

#include <cstdint>
#include <string_view>

namespace loopglass {

// A half-open range of byte offsets [begin, end) in one text.
struct SourceSpan {
  uint32_t begin = 0;
  uint32_t end = 0;
  bool operator==(const SourceSpan&) const = default;
};

// Line and column, both from 1; the column counts Unicode code points, not bytes.
struct LineColumn {
  uint32_t line = 1;
  uint32_t column = 1;
  bool operator==(const LineColumn&) const = default;
};

// Gives the line and column of a byte offset; an offset past the end gives the end.
LineColumn line_column_at(std::string_view text, uint32_t offset);

// Gives the line (without its newline) that contains a byte offset.
std::string_view line_at(std::string_view text, uint32_t offset);

}  // namespace loopglass
