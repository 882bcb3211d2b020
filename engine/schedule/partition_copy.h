// One part of a partitioned loop: the loop's body once more, as TVM's loop_partition makes it.
#pragma once

#include "engine/schedule/tree.h"

namespace loopglass::schedule {

// The body with new loops, axes and blocks, for `loop_var` in [begin, end) instead of the old loop.
//
// Before: with T.sblock("C"): vi, vj = T.axis.remap("SS", [i, j])       T.reads(Y[vi, vj])
// After:  with T.sblock("C_i1"): vi, vj = T.axis.remap("SS", [i1, j])   T.reads(Y[20:60, 0:32])
//
// Every block is renamed. An axis that is bound to the loop itself gets the part as its domain; then T.reads and T.writes of its block state the
// whole domains of the axes that index a buffer. With nested blocks the innermost gets all this, as in TVM.
// Error: BlockProperty, where a buffer is indexed by what is no axis of the block, a nested block has no such axis (TVM dies there), or the domain
// of such an axis depends on a loop (TVM's result is ill-formed).
Result<ir::Stmt> partition_copy(const Place& loop, const ir::Var& loop_var, const ir::Expr& begin, const ir::Expr& end);

}  // namespace loopglass::schedule
