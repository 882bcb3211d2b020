// How far apart the touches of a line are: exact LRU stack distances.
#pragma once

#include "engine/locality/access.h"

namespace loopglass::locality {

struct ReuseHistogram {
  int64_t cold = 0;                 // first touches
  // By distance, the number of distinct other lines touched since the last touch of the line: [0] at 0, [k] in [2^(k-1), 2^k).
  std::vector<int64_t> log2;        // no trailing zeros
  std::vector<int64_t> at_least;    // by edge: touches, not the first ones, at this distance or farther
  bool operator==(const ReuseHistogram&) const = default;
};

struct ReuseResult {
  int64_t accesses = 0;
  std::vector<ReuseHistogram> buffers;   // in the order of Access::buffers: the buffer accessed
  int64_t repetitions_left_out = 0, blocks_left_out = 0, nests_folded = 0;   // as in CacheResult
  double elapsed_ms = 0;
};

// Distances are in lines, over all buffers, in program order whatever the number of threads. Uses Options' row_pitch, line, max_bytes,
// arguments, max_runs and stop. `edges`: distances at which to tell touches apart besides the powers of two. Errors: what count_accesses gives.
Result<ReuseResult> measure_reuse(const ir::Function& function, const Options& options = {}, const std::vector<int64_t>& edges = {});

}  // namespace loopglass::locality
