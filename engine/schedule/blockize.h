// Making a block of nests of loops: what blockize and tensorize have in common.
#pragma once

#include "engine/schedule/block_division.h"
#include "engine/schedule/primitive.h"

namespace loopglass::schedule {

// The new block, and what is wrong with it though TVM takes it.
struct Blockized {
  ir::BlockRealize realize;
  std::vector<Diagnostic> unsound;
};

// The block that takes the place of a loop. Errors: NonSingleChildBlock, SubspaceNotDivisible.
Result<Blockized> blockize_loop(const Place& loop, bool preserve_unit_iters);

// Error: the first of them, unless the schedule is trusted.
Result<void> check_trusted(const Context& context, const std::vector<Diagnostic>& unsound);

// LostStatements, where something other than loops stands between the loops and the block; `first`: the first of chain's
// statements that goes inside. LostOffset, where axes lose offsets.
std::vector<Diagnostic> lost_parts(const Place& block, size_t first, const DividedAxes& axes);

// blockize of a list of blocks (blockize_blocks.cpp).
Result<Rewrite> blockize_blocks(const Context& context, const std::vector<BlockRef>& blocks, bool preserve_unit_iters);

}  // namespace loopglass::schedule
