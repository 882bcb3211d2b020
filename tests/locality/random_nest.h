// Random affine nests whose loops are long against a cache's lines: odd strides and pitches, several statements, predicates, parallel loops,
// vectors.
#pragma once

#include "tests/locality/naive_cache.h"

namespace loopglass::naive {

struct RandomNest {
  ir::Function function;
  Memory memory;
};

// About `accesses` accesses at most.
RandomNest make_random_nest(uint32_t seed, int64_t accesses, bool with_vectors);

}  // namespace loopglass::naive
