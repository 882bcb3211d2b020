#include "engine/script/python_text.h"

#include <fmt/format.h>

#include <cmath>

namespace loopglass::script {

void append_float(std::string& out, double value) {
  if (std::isnan(value)) {
    out += std::signbit(value) ? "\"-nan\"" : "\"nan\"";
  } else if (std::isinf(value)) {
    out += value < 0 ? "\"-inf\"" : "\"inf\"";
  } else if (std::nearbyint(value) == value) {
    fmt::format_to(std::back_inserter(out), "{:.1f}", value);
  } else {
    fmt::format_to(std::back_inserter(out), "{:.17g}", value);
  }
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte >= ' ' && byte <= '~') {
      out += c;
    } else if (c == '\t' || c == '\r' || c == '\n') {
      out += c == '\t' ? "\\t" : c == '\r' ? "\\r" : "\\n";
    } else {
      fmt::format_to(std::back_inserter(out), "\\x{:02X}", byte);
    }
  }
  out += '"';
}

}  // namespace loopglass::script
