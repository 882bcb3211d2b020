// The pattern of a block that pads: B[...] = T.if_then_else(condition, value, constant).
#pragma once

#include "engine/arith/int_set.h"
#include "engine/schedule/tree.h"

namespace loopglass::schedule {

struct PaddingPattern {
  std::vector<ir::Range> region;   // one an axis, in the loop variables: where the condition holds
  ir::Expr condition;              // in the loop variables; the block's own predicate with it
  ir::Expr value, constant;        // stored where it holds, and where it does not; in the axes
};

// `loops`: those above the block, innermost first; the analyzer knows them.
// Error: NotPaddingPattern.
Result<PaddingPattern> match_padding(const Place& block, const arith::VarRanges& loops, arith::Analyzer& analyzer);

}  // namespace loopglass::schedule
