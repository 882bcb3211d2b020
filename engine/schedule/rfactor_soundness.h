// Our own check of rfactor, which TVM has not: the partial results are taken in for every iteration of the loop, so each has to be there.
#pragma once

#include <span>

#include "engine/schedule/rfactor_blocks.h"

namespace loopglass::schedule {

// UncoveredRead: a partial result is read that no iteration starts, as where the loop is the inner one of a split with a tail, or the
// block's condition restricts its spatial axes too; or one reads the result so far. LoopNotStartWithZero: the new dimension would be indexed from there. RepeatedReduction: no axis runs with the loop, so
// that each iteration gives the whole result. TieOrder: of several equal maxima (minima) another is found first.
std::optional<Diagnostic> unsound_factoring(const Factoring& factoring, std::span<const ir::Buffer> partials);

}  // namespace loopglass::schedule
