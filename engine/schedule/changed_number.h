// What a step does to the results, shown on seeded inputs: the number in a warning that results change.
#pragma once

#include <optional>
#include <string>

#include "engine/ir/module.h"

namespace loopglass::schedule {

// "C[0, 3] would be 1.25 instead of 0.5": the first element that differs after running both programs on the same seeded inputs. Nothing
// where none differs, or where a program cannot be run in a moment (symbolic shapes, too large).
std::optional<std::string> changed_number(const ir::Module& before, const ir::Module& after);

}  // namespace loopglass::schedule
