// Bytes as text: base64 with padding, no line breaks.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace loopglass {

std::string to_base64(std::string_view bytes);
// Nothing for what is no base64. White space is passed over.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace loopglass
