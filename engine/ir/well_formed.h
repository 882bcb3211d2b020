// Whether a module obeys TensorIR's rules; what the parser checks last and every rewrite's tests assert.
#pragma once

#include "engine/ir/module.h"
#include "engine/support/result.h"

namespace loopglass::ir {

// Checks: every variable is bound where it is used and bound once; the number of indices is the buffer's rank; a
// block's iter_values match its axes; types agree; a block's expressions use only its axes, not loop variables outside it (TVM's rule,
// the predicate and iter_values apart); buffers are declared where used; loop steps are positive.
// Errors: IllFormed with the node's path in its first label.
Result<void> check_well_formed(const Module& module);

}  // namespace loopglass::ir
