// Conditions that the loops' bounds decide are decided: `if i < 8` inside `for i in range(8)` goes away, with what never runs;
// of a choice between two values the one that is taken stays.
#pragma once

#include "engine/lower/value_range.h"

namespace loopglass::lower {

// `ranges`: what is known of variables that are bound outside. Gives null where nothing is left. Requires: no blocks.
ir::Stmt simplify_conditions(const ir::Stmt& body, const Ranges& ranges = {});

}  // namespace loopglass::lower
