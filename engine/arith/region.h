// The part of a buffer that a region touches while loop variables run over their domains (TVM's EstimateRegion*Bound).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/arith/int_set.h"

namespace loopglass::arith {

// Exactly the touched region, where the indices are an affine iterator map of the variables (iter_map.h); else nothing.
// Extents must be constants. The predicate limits the variables.
std::optional<std::vector<IntSet>> estimate_region_strict_bound(std::span<const ir::Range> region, const VarRanges& var_dom,
                                                                const ir::Expr& predicate, Analyzer& analyzer);
// A region all of which is touched; nothing where none can be given.
std::optional<std::vector<IntSet>> estimate_region_lower_bound(std::span<const ir::Range> region, const VarRanges& var_dom,
                                                               const ir::Expr& predicate, Analyzer& analyzer);
// A region that covers all that is touched: the strict bound, else dimension by dimension, else intervals.
std::vector<IntSet> estimate_region_upper_bound(std::span<const ir::Range> region, const VarRanges& var_dom,
                                                const ir::Expr& predicate, Analyzer& analyzer);

}  // namespace loopglass::arith
