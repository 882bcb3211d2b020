// The part of a buffer that one iteration of a loop needs, where it moves along as the loop runs and overlaps what the iteration before had.
#pragma once

#include "engine/schedule/block_scope.h"

namespace loopglass::schedule {

struct RollingWindow {
  // One dimension of the buffer: the loop variable that the window moves with (null: it does not, or the next one does not overlap), and how many
  // elements it has in common with the next.
  struct Dimension {
    ir::Var loop;
    int64_t overlap = 0;
  };
  std::vector<Dimension> dimensions;
  size_t dimension = 0;   // the rolling one: that of the outermost such loop
  ir::Expr extent;        // of the window there

  // The predicate of the block that writes, with the elements left out that earlier windows had.
  ir::Expr skip_known(const ir::BlockRealize& realize) const;
};

// `written`: what an instance of the block writes; `loop`: the loop whose iterations have the windows, which holds all accesses.
// Error: NoRollingAxis.
Result<RollingWindow> rolling_window(const Place& block, const ir::BufferRegion& written, const Place& loop);

// RollingLosesElements where elements that are left out may not be there: a loop that the window moves with runs in parallel or does not start
// at 0; a dimension is not the block's axis of its number; a reader reads more than the window.
std::optional<Diagnostic> loses_elements(const BlockScope& scope, const Place& block, const ir::Buffer& buffer, const RollingWindow& window);

}  // namespace loopglass::schedule
