#include "engine/support/source_span.h"

#include <algorithm>

namespace loopglass {

LineColumn line_column_at(std::string_view text, uint32_t offset) {
  const std::string_view before = text.substr(0, std::min<size_t>(offset, text.size()));
  const size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const auto is_lead_byte = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  const std::string_view column_text = before.substr(line_start);
  return {static_cast<uint32_t>(1 + std::count(before.begin(), before.end(), '\n')),
          static_cast<uint32_t>(1 + std::count_if(column_text.begin(), column_text.end(), is_lead_byte))};
}

std::string_view line_at(std::string_view text, uint32_t offset) {
  const size_t at = std::min<size_t>(offset, text.size());
  const size_t before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  const size_t start = before == std::string_view::npos ? 0 : before + 1;
  return text.substr(start, std::min(text.find('\n', at), text.size()) - start);
}

}  // namespace loopglass
