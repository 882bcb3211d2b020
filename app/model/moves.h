// Which primitives can be applied to a node as it stands, and why the others cannot.
#pragma once

#include "app/model/view.h"

namespace loopglass::app {

// Whether a primitive is asked for on such a node: its first parameter (decompose_reduction: the loop around its block).
bool takes_first(const schedule::PrimitiveSpec& primitive, const ir::Stmt& node);
// enter_postproc and sample_categorical are about no node.
bool takes_no_node(const schedule::PrimitiveSpec& primitive);

// One Move per primitive that takes this kind of node first. Primitives that need more than the node (a factor, a second loop) are tried with
// `default_request`; those without a default (reorder, compute_at: dragged) are listed as legal and judged while they are dragged.
std::vector<Move> legal_moves(const schedule::Schedule& schedule, const ir::NodePath& path);

// The request that a primitive's button makes for a node: its required arguments filled with what a person would try first (split by
// 4, or the least divisor). Nothing where more has to be asked.
std::optional<StepRequest> default_request(const schedule::Schedule& schedule, const schedule::PrimitiveSpec& primitive,
                                           const ir::NodePath& path);

// The factors offered for a loop: divisors of its extent, 1 and itself left out.
std::vector<int64_t> divisors(int64_t extent);

}  // namespace loopglass::app
