// A block's axes divided between a new block around some of its loops and the block itself: what blockize makes axes from. Method as in
// TVM's blockize_tensorize.cc (SubspaceDivide, DeriveBlockBinding).
//
// Before, with i_1 and j_1 inside:                After:
//   vi = T.axis.spatial(64, i_0 * 16 + i_1)         vi_o = T.axis.spatial(4, i_0)      outside
//                                                   vi_i = T.axis.spatial(16, i_1)     inside; vi is vi_o * 16 + vi_i
#pragma once

#include <span>

#include "engine/arith/int_set.h"
#include "engine/ir/rewriter.h"
#include "engine/schedule/tree.h"
#include "engine/support/result.h"

namespace loopglass::arith {
class Analyzer;
}

namespace loopglass::schedule {

struct DividedAxes {
  std::vector<ir::IterVar> outer, inner;
  std::vector<ir::Expr> outer_values, inner_values;
  ir::Expr outer_predicate, inner_predicate;
  ir::VarMap substitution;   // the old axes in terms of the new ones
  // Axes whose values lose an offset, as TVM's do: the block would touch other elements.
  std::vector<std::string> lost_offsets;
};

// `loops`: all loops above the block, outermost first; those from `first_inner` on go inside.
// `same_outer`: of a block that shares the new block; its outer axes are taken. Null: they are made.
// Errors: SubspaceNotDivisible; DifferentOuterAxes, where the other block's outer axes do not fit.
Result<DividedAxes> divide_axes(const Place& block, const std::vector<Place>& loops, size_t first_inner, bool preserve_unit_iters,
                                const DividedAxes* same_outer);

// The block with its axes replaced; every expression that changes is simplified. The axes themselves are left to the caller.
ir::Block substitute_axes(const ir::Block& block, const ir::VarMap& substitution, const arith::Analyzer& analyzer);

// What the regions cover while variables run over their domains.
std::vector<ir::BufferRegion> relaxed_regions(const std::vector<ir::BufferRegion>& regions, const arith::IntSetMap& domains);

// The loops of `places` around a statement, innermost last.
ir::Stmt wrap_in_loops(ir::Stmt body, std::span<const Place> places);

}  // namespace loopglass::schedule
