// Whether a text is well-formed XML, as far as pages and drawings use it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace loopglass::report {

// What is wrong first, with the text around it; nothing where all is well: elements closed in order, attributes quoted and each once, of entities
// only those that XML knows, one root.
std::optional<std::string> xml_error(std::string_view text);

}  // namespace loopglass::report
