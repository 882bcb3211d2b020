// Loop variables' values and loops' counters.
#pragma once

#include <map>

#include "engine/locality/nest.h"

namespace loopglass::locality {

// The counters of a loop's iteration, from the values of loop variables; a loop that is not named is at its first, -1 where it never has the
// value.
std::vector<int64_t> counters_at(const Nest& nest, const std::map<const ir::VarNode*, int64_t>& iteration);

// The value of a loop's variable, all loops around it being at their counters.
int64_t value_at(const LoopItem& loop, const std::vector<int64_t>& counters);

// A term's value there. Requires that it has one.
int64_t value_at(const Term& term, const std::vector<int64_t>& counters);

}  // namespace loopglass::locality
