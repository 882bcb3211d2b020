#include "engine/support/base64.h"

#include <cstdint>

namespace loopglass {
namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t n = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t j = 0; j < 3; ++j) group = group << 8 | (j < n ? static_cast<uint8_t>(bytes[i + j]) : 0);
    for (size_t j = 0; j < 4; ++j) text += j <= n ? kDigits[group >> (18 - 6 * j) & 63] : '=';
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes;
  uint32_t group = 0;
  int digits = 0, padding = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    const size_t digit = kDigits.find(c);
    if (c == '=') ++padding;
    if ((c == '=' ? digits + padding <= 2 : digit == std::string_view::npos || padding > 0)) return std::nullopt;
    group = group << 6 | (c == '=' ? 0 : static_cast<uint32_t>(digit));
    digits += c != '=';
    if (digits + padding < 4) continue;
    for (int j = 0; j < digits - 1; ++j) bytes += static_cast<char>(group >> (16 - 8 * j));
    if (padding > 0) {
      padding = 4;   // nothing may follow
      digits = 0;
      continue;
    }
    group = 0;
    digits = 0;
  }
  if (digits != 0 || (padding != 0 && padding != 4)) return std::nullopt;
  return bytes;
}

}  // namespace loopglass
