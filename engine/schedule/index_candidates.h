// Which subexpressions of a store are worth computing once beforehand: those that do arithmetic on axes alone, largest first, counted up
// to equivalence. (TVM: src/s_tir/schedule/primitive/cache_index.cc and cache_index_helpers.cc, whose order of search decides the result)
#pragma once

#include <vector>

#include "engine/ir/stmt.h"

namespace loopglass::schedule {

// Whether two expressions are the same once they are simplified.
bool equivalent(const ir::Expr& a, const ir::Expr& b);

// Adds to `found` the subexpressions that occur at least `threshold` times in the store, those of larger ones that do not included. `found`
// is sorted by size again.
void add_candidates(const ir::BufferStore& store, size_t threshold, std::vector<ir::Expr>& found);

}  // namespace loopglass::schedule
