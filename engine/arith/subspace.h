// Subspace division: index = outer * inner_extent + inner, where outer holds the outer loops alone and inner the inner ones (TVM's
// SubspaceDivide). What blockize makes the axes of two nested blocks from.
//
// With i_0, i_1 in [0, 8), [0, 4), inner i_1: i_0 * 4 + i_1 is outer i_0, inner i_1 in [0, 4). i_1 * 8 + i_0 cannot be divided.
#pragma once

#include <optional>
#include <vector>

#include "engine/arith/iter_map.h"

namespace loopglass::arith {

struct DividedIndex {
  ir::Expr outer, outer_extent;
  ir::Expr inner, inner_extent;
};

struct SubspaceDivision {
  std::vector<DividedIndex> indices;                // one a given index
  ir::Expr outer_predicate, inner_predicate;        // the predicate's conjuncts, each of one side's loops
};

// `predicate` as in detect_iter_map. Nothing where the indices are no iterator map of that level, or a digit or a bound of the predicate mixes
// both sides.
std::optional<SubspaceDivision> subspace_divide(const std::vector<ir::Expr>& indices, const VarRanges& input_iters,
                                                const std::vector<ir::Var>& inner_iters, const ir::Expr& predicate,
                                                IterMapLevel check_level, Analyzer& analyzer,
                                                bool simplify_trivial_iterators = true);

}  // namespace loopglass::arith
