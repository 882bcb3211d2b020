#include "engine/script/syntax.h"

#include <algorithm>

namespace loopglass::script {
namespace {

void append_utf8(std::string& out, uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | ((c >> 18) & 0x07));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

int digit_value(char c, int base) {
  const int value = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : base;
  return value < base ? value : -1;
}

// Reads up to `count` digits at `at` and moves past them.
uint32_t read_digits(std::string_view body, size_t& at, int base, int count) {
  uint32_t value = 0;
  for (; count > 0 && at < body.size() && digit_value(body[at], base) >= 0; --count, ++at)
    value = value * base + digit_value(body[at], base);
  return value;
}

bool is_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const size_t length = c < 0x80 ? 1 : (c >> 5) == 6 ? 2 : (c >> 4) == 14 ? 3 : (c >> 3) == 30 ? 4 : 0;
    if (length == 0 || i + length > text.size()) return false;
    for (size_t k = 1; k < length; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
    i += length;
  }
  return true;
}

// `at` stands after the backslash. `hex_is_byte`: \xE5 is one byte of the text rather than the character U+00E5.
void append_escape(std::string& out, std::string_view body, size_t& at, bool hex_is_byte) {
  const char c = body[at++];
  constexpr std::string_view kNames = "abfnrtv\\'\"", kValues = "\a\b\f\n\r\t\v\\'\"";
  if (const size_t i = kNames.find(c); i != std::string_view::npos) {
    out += kValues[i];
  } else if (c == '\n') {
  } else if (c == 'x') {
    const uint32_t value = read_digits(body, at, 16, 2);
    if (hex_is_byte) out += static_cast<char>(value);
    else append_utf8(out, value);
  } else if (c == 'u') {
    append_utf8(out, read_digits(body, at, 16, 4));
  } else if (c == 'U') {
    append_utf8(out, read_digits(body, at, 16, 8));
  } else if (c >= '0' && c <= '7') {
    append_utf8(out, read_digits(body, --at, 8, 3));
  } else {
    out += '\\';
    out += c;
  }
}

}  // namespace

std::string dotted_name(const Syntax& e) {
  if (e.kind == SyntaxKind::Name) return std::string(e.text);
  if (e.kind != SyntaxKind::Attribute) return {};
  std::string base = dotted_name(*e.child(0));
  if (base.empty()) return {};
  return base.append(1, '.').append(e.text);
}

std::string_view last_name(const Syntax& e) {
  return e.kind == SyntaxKind::Name || e.kind == SyntaxKind::Attribute ? e.text : std::string_view{};
}

std::string string_value(const Syntax& e) {
  const size_t quote = e.text.find_first_of("'\"");
  const std::string_view prefix = e.text.substr(0, quote);
  const char mark = e.text[quote];
  std::string_view body = e.text.substr(quote);
  const size_t width = body.size() >= 6 && body[1] == mark && body[2] == mark ? 3 : 1;
  body = body.size() >= 2 * width ? body.substr(width, body.size() - 2 * width) : std::string_view{};
  const bool is_raw = prefix.find_first_of("rR") != std::string_view::npos;
  const auto decode = [&](bool hex_is_byte) {
    std::string out;
    for (size_t at = 0; at < body.size();) {
      if (body[at] == '\\' && !is_raw && at + 1 < body.size()) {
        append_escape(out, body, ++at, hex_is_byte);
      } else {
        out += body[at++];
      }
    }
    return out;
  };
  // TVM's printer writes the bytes of a UTF-8 text as \x escapes; read them as what they were, so that it comes back.
  std::string bytes = decode(true);
  return is_utf8(bytes) ? bytes : decode(false);
}

}  // namespace loopglass::script
