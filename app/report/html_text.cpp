#include "app/report/html_text.h"

#include "engine/support/base64.h"

namespace loopglass::report {
namespace {

constexpr std::string_view kThin = "\u2009", kNarrow = "\u202f";

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with(kThin)) {
      out += kNarrow;
      i += kThin.size() - 1;
      continue;
    }
    const char c = text[i];
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') out += "\uFFFD";
        else out += c;
    }
  }
  return out;
}

std::string data_address(std::string_view type, std::string_view bytes) { return "data:" + std::string(type) + ";base64," + to_base64(bytes); }

}  // namespace loopglass::report
