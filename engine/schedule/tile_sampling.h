// Drawing the tiles of a loop, as sample_perfect_tile and sample_partitioned_tile do: factors whose product is its extent.
//
// The numbers drawn are the schedule's own, not TVM's: the same seed, step and loop give the same tile on every machine.
#pragma once

#include <random>

#include "engine/schedule/tree.h"

namespace loopglass::schedule {

using RandomEngine = std::minstd_rand;
RandomEngine random_engine(const Context& context);
// One of 0 .. n - 1. Requires: n > 0.
int64_t draw_below(int64_t n, RandomEngine& random);

using Tile = std::vector<int64_t>;

// `parts` factors of `extent`, each distribution of its prime factors over the parts equally likely.
Tile draw_tile(int64_t extent, int parts, RandomEngine& random);
// An earlier decision made to multiply to `extent`: from the innermost on, a factor that does not divide what is left takes all of it; the
// outermost takes the rest.
Tile fitted_tile(Tile decision, int64_t extent);
// What stands for a tile of a loop whose extent is not known: -1 (to be inferred), then ones.
Tile open_tile(int64_t parts);

// Errors: BadArgument, where the number of parts is below `least`.
Result<void> check_parts(const Place& loop, int64_t parts, int64_t least);
// Errors: BadArgument, where the extent is out of what tiles are drawn for (1 .. 2^31 - 1).
Result<void> check_extent(const Place& loop, int64_t extent);
// The tile of an earlier decision. Errors: WrongDecision, where it has less than two factors or one that is not positive.
Result<Tile> decided_tile(const Place& loop, const Value& decision);

// The step's results and what it records. `infer`: -1 is given as None.
Rewrite tile_result(const Context& context, const Tile& tile, bool infer);

}  // namespace loopglass::schedule
