// Our own check that a step leaves no expression without the loop whose variable it uses.
#pragma once

#include <optional>

#include "engine/schedule/changed_part.h"
#include "engine/support/diagnostic.h"

namespace loopglass::schedule {

// IllFormed where the changed part uses a variable that a loop or block bound before the step and that nothing binds around it any more,
// or a loop's inside a block with axes, which has to take it by an axis.
// (TVM moves and copies blocks that use loops outside them, as loop_partition makes them, without a look.)
std::optional<Diagnostic> unbound_variable(const ChangedPart& part, const char* primitive);

}  // namespace loopglass::schedule
