// What stands in a typed text beside its programs: parse_file() leaves it to Python, but who types it has to be told.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/support/diagnostic.h"

namespace loopglass::app {

struct Beside {
  std::vector<Diagnostic> errors;       // lines that are no Python, spans into the text
  std::optional<SourceSpan> left_out;   // the first statement behind the programs, where it is neither a schedule's nor an import: it is not kept
};

// Requires: parse_file() finds no error in the text.
Beside read_beside(std::string_view text);

}  // namespace loopglass::app
