// The elements that an access touches while some loops run and the others stand still.
#pragma once

#include <optional>
#include <vector>

#include "engine/lower/accesses.h"
#include "engine/lower/affine.h"

namespace loopglass::lower {

// Inclusive ends of an index, as sums over what stands still.
struct Span {
  Affine low, high;
  bool is_dense = false;   // every integer between the ends is taken
};

// A loop with constant bounds: var in [min, min + extent).
struct Runner {
  const ir::VarNode* var;
  int64_t min, extent;
};

// The span of one index while `runners` run through all their values, each independently. `inner`: variables that belong to the scope in question
// without being runners (of loops whose bounds are not constant, of lets). Nothing where the index depends on them, or is no sum in the runners.
std::optional<Span> span_of(const ir::Expr& index, const std::vector<Runner>& runners, const std::vector<const ir::VarNode*>& inner);

// The loops and variables on an access's way below depth `from`.
struct Surroundings {
  std::vector<Runner> runners;
  std::vector<const ir::VarNode*> inner;
};
Surroundings surroundings(const Access& access, size_t from);

}  // namespace loopglass::lower
