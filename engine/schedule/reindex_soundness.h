// Our own check of reindex, which TVM has not: the copy is made once, before all or after all iterations of the block.
#pragma once

#include "engine/schedule/block_scope.h"
#include "engine/schedule/buffer_access.h"

namespace loopglass::schedule {

// A buffer about to be laid out by a block's axes.
struct Reindex {
  Place block, scope, nest;            // nest: the outermost loop above the block
  bool is_write = false;               // copied back after the block; else copied for it
  ir::Buffer buffer, derived;
  std::vector<ir::Expr> indices;       // of the buffer, in the block's axes
  std::vector<ir::IterVar> axes;       // those that the indices depend on
};

// ChangedResults: the block goes on with what is in the buffer (an accumulator), and neither sees what was there before nor leaves its
// result there; or another block in its loops uses the buffer. UncoveredRead: the copy touches elements that are not there, or takes
// back elements that the block does not write.
std::optional<Diagnostic> unsound_reindex(const Reindex& reindex);

}  // namespace loopglass::schedule
