// The regions that a block reads and writes, found from its body: what T.reads and T.writes say where they are written out, in the order
// in which the accesses appear (TVM's GetSBlockAccessRegion).
#pragma once

#include <span>
#include <vector>

#include "engine/ir/stmt.h"

namespace loopglass::arith {

struct AccessRegions {
  std::vector<ir::BufferRegion> reads, writes;
  std::vector<ir::BufferRegion> opaque;  // whole buffers whose `data` is used otherwise than by loads and stores
};

// `known`: the buffers that count; views of them by the block's match_buffers count as their source. Loops inside the block are relaxed,
// child blocks stand for what their own reads and writes say. One region a buffer: the hull of its accesses. With an init, buffers that
// the block writes are no reads.
AccessRegions detect_access_regions(const ir::Block& block, std::span<const ir::Buffer> known);

}  // namespace loopglass::arith
