// Finds what a block reads and writes where its T.reads / T.writes are left out, as TVM completes a script.
#pragma once

#include <vector>

#include "engine/ir/stmt.h"

namespace loopglass::script {

struct AccessRegions {
  std::vector<ir::BufferRegion> reads, writes;  // in the order of the first access
};

// The regions of `buffers` that one instance of the block touches: loops inside it are relaxed to their ranges, blocks
// inside it count by their own regions. A block with an init does not read what it writes.
// Source: BlockReadWriteDetector (tvm, sblock_access_region_detector.cc). Deviates: a condition around an access does
// not narrow its region.
AccessRegions detect_access_regions(const ir::Block& block, const std::vector<const ir::BufferNode*>& buffers);

}  // namespace loopglass::script
