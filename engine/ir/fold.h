// Folding alone, for those who keep the expression that they have where nothing folds.
#pragma once

#include "engine/ir/expr.h"

namespace loopglass::ir {

// What fold_binary (op.h) makes of two sides of one type; null where that is just the operator on the two.
Expr try_fold_binary(ExprKind kind, const Expr& a, const Expr& b);

}  // namespace loopglass::ir
