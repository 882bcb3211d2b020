// A proof, where there is a quick one, that iterations touch elements of their own.
#pragma once

#include <span>

#include "engine/schedule/tree.h"

namespace loopglass::schedule {

// Nests of equally many loops (outermost first) with equal bounds, in one function. True: two of their iterations that touch one element of
// a buffer that any of them writes have the same values of the loops. (Each loop has a dimension in which every access is
// `coefficient * loop + rest`, with a rest that stays below the coefficient.) False says nothing.
bool only_equal_iterations_meet(std::span<const std::vector<Place>> nests);

}  // namespace loopglass::schedule
