#include "engine/support/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>

namespace loopglass {

const char* to_string(DiagnosticKind kind) {
  switch (kind) {
#define LOOPGLASS_DIAGNOSTIC(name) \
  case DiagnosticKind::name:       \
    return #name;
#include "engine/support/diagnostic_kinds.def"
#undef LOOPGLASS_DIAGNOSTIC
  }
  return "?";
}

namespace {
constexpr uint32_t kExcerptColumns = 160;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// At most kExcerptColumns code points of a line, from a column (0-based) on; what would disturb a terminal shows as '?'.
std::string excerpt(std::string_view line, uint32_t first_column) {
  std::string out;
  uint32_t column = 0;
  for (size_t i = 0; i < line.size() && column < first_column + kExcerptColumns; ++column) {
    const size_t start = i++;
    while (i < line.size() && is_continuation(line[i])) ++i;
    if (column < first_column) continue;
    const unsigned char lead = line[start];
    if (lead == '\t') out += ' ';
    else if (lead < 0x20 || lead == 0x7F || (lead >= 0x80 && (i - start < 2 || lead < 0xC2 || lead > 0xF4))) out += '?';
    else out += line.substr(start, i - start);
  }
  return out;
}

// The line with a caret under the span's first column; its tail stays inside the line.
std::string marked_line(std::string_view text, SourceSpan span) {
  const LineColumn at = line_column_at(text, span.begin);
  const LineColumn end = line_column_at(text, span.end);
  const uint32_t column = at.column - 1;
  const uint32_t first = column < kExcerptColumns ? 0 : column - kExcerptColumns / 2;
  const uint32_t width = end.line == at.line && end.column > at.column ? std::min(end.column - at.column, first + kExcerptColumns - column) : 1;
  return excerpt(line_at(text, span.begin), first) + "\n" + std::string(column - first, ' ') + '^' + std::string(width - 1, '~');
}
}  // namespace

std::string render(const Diagnostic& diagnostic, std::string_view file, std::string_view text) {
  std::string out;
  const Label* main = nullptr;
  for (const Label& label : diagnostic.labels)
    if (label.span && !main) main = &label;
  if (main && main->span->begin <= text.size()) {
    const LineColumn at = line_column_at(text, main->span->begin);
    out = fmt::format("{}:{}:{}: error: {}\n{}\n", file, at.line, at.column, diagnostic.message, marked_line(text, *main->span));
  } else {
    out = fmt::format("{}: error: {}\n", file, diagnostic.message);
  }
  if (!diagnostic.help.empty()) out += fmt::format("  {}\n", diagnostic.help);
  return out;
}

}  // namespace loopglass
