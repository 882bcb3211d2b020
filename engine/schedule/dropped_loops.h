// What an init keeps of the conditions of the block that it is taken from, when it stands in fewer loops.
#pragma once

#include <vector>

#include "engine/ir/expr.h"

namespace loopglass::schedule {

// The conjuncts that need none of the dropped loops.
ir::Expr remaining_predicate(const ir::Expr& predicate, const std::vector<ir::Var>& dropped);

}  // namespace loopglass::schedule
