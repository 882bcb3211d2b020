// Misses from samples of time, for an answer within a frame or two while the exact one is computed.
#pragma once

#include "engine/locality/cache_model.h"

namespace loopglass::locality {

struct MissEstimate {
  struct Range {
    double value = 0;           // misses
    double low = 0, high = 0;   // the 95 % interval
  };
  bool is_exact = false;        // the function is so short that it was simulated as a whole
  int64_t accesses = 0;         // of the function
  int64_t sampled = 0;          // accesses that were looked at
  std::vector<std::vector<Range>> levels;   // by level, then by buffer in the order of Access::buffers
};

struct SampleOptions {
  double budget_ms = 40;        // no sample is begun after that
  int most_samples = 256;
};

// Stretches of time, spread evenly and each at a random place of its part, are simulated from empty caches after a stretch that warms them up. What
// misses only because a set is not full yet may have been a hit: the interval reaches down by as much. One thread. Errors: what simulate_caches gives;
// UnsupportedOperation where the function has to be executed; BadArgument with more than one thread.
Result<MissEstimate> estimate_misses(const ir::Function& function, const CacheOptions& options, const SampleOptions& sampling = {});

}  // namespace loopglass::locality
