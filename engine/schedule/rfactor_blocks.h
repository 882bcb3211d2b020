// The two blocks that rfactor makes of a reduction, and the buffers of partial results between them.
#pragma once

#include "engine/schedule/reduction_body.h"

namespace loopglass::schedule {

// A reduction block about to be taken apart at a loop.
struct Factoring {
  Place block, loop;
  std::vector<Place> loops;      // above the block, outermost first
  size_t dimension = 0;          // of the loop among those of the partial results
  ReductionBody body;
};

struct FactoredBlocks {
  std::vector<ir::Buffer> partials;
  // Partial results: for each iteration of the loop the reduction over all others.
  ir::BlockRealize partial;
  // The reduction of the partial results over the loop.
  ir::BlockRealize write_back;
};

FactoredBlocks factored_blocks(const Factoring& factoring);

}  // namespace loopglass::schedule
