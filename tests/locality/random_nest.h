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

// One long loop around one to three products of tiles, whose buffers start their rows on lines; then, or before, something else on the same
// buffers. What is left to do after some iterations often looks as it did before them.
RandomNest make_periodic_nest(uint32_t seed);

// A loop whose iterations move along rows within lines, or down by whole ones: alike as long as no line is left, too few for periods.
RandomNest make_sliding_nest(uint32_t seed);

// Loops that hold accesses alone: down columns, along rows, in place. Few lines come again before others have driven them out.
RandomNest make_stream_nest(uint32_t seed);

// Products whose inner loop is long against the nearest cache, again and again at places that lie alike up to turns of its sets.
RandomNest make_filling_nest(uint32_t seed);

// Products of tiles, whose rows come to the same sets of the nearest cache again and again, while other sets keep what was there.
RandomNest make_tiled_nest(uint32_t seed);

}  // namespace loopglass::naive
