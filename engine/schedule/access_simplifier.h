// After a change of variables: accesses and regions in their simplest form, as TVM's BlockBufferAccessSimplifier.
#pragma once

#include "engine/schedule/context_rewriter.h"
#include "engine/schedule/tree.h"

namespace loopglass::schedule {

// The statement with the indices of its loads, stores and regions simplified in their place. `function`: whose extents are not negative.
//
// Before: A[v0 * 16 // 16, v0 * 16 % 16 + v1]
// After:  A[v0, v1]
ir::Stmt simplify_accesses(const ir::Stmt& stmt, const ir::PrimFunc& function);

}  // namespace loopglass::schedule
