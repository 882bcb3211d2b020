// Conditions that the loops' bounds decide are decided: `if i < 8` inside `for i in range(8)` goes away, with what never runs.
#pragma once

#include "engine/ir/stmt.h"

namespace loopglass::lower {

// Gives null where nothing is left. Requires: no blocks.
ir::Stmt simplify_conditions(const ir::Stmt& body);

}  // namespace loopglass::lower
