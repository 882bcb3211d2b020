// Differences of integer expressions that are the same but for a constant: what turns `lo:hi` into an extent.
#pragma once

#include "engine/ir/expr.h"

namespace loopglass::script {

// to - from, in the simplest form that sums and products with constants allow: `i * 4 + 4 - i * 4` is 4. Where the
// difference is no constant, it is written as TVM's simplifier writes plain sums.
ir::Expr difference(const ir::Expr& to, const ir::Expr& from);

}  // namespace loopglass::script
