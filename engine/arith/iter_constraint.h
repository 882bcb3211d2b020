// What a predicate says of iterators: bounds of single ones, and of affine combinations.
#pragma once

#include <optional>
#include <vector>

#include "engine/arith/int_set.h"

namespace loopglass::arith {

// lower <= iter < upper; null: no bound.
struct IterConstraint {
  ir::Expr iter, lower, upper;
};

struct IterConstraints {
  VarRanges ranges;                         // the input's, narrowed by bounds of single variables
  std::vector<IterConstraint> constraints;  // of combinations, smaller expressions first
};

// Nothing where the predicate is not a conjunction of comparisons of integers. Comparisons without an iterator are left out.
std::optional<IterConstraints> match_bound_constraints(const ir::Expr& predicate, const VarRanges& iters);

}  // namespace loopglass::arith
