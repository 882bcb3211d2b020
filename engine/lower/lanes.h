// Expressions of one loop iteration as expressions of all lanes of a vector.
#pragma once

#include <optional>
#include <unordered_map>

#include "engine/ir/expr.h"

namespace loopglass::lower {

// The variable of the loop is base, base + 1, ... over the lanes.
struct Lanes {
  ir::Var var;
  ir::Expr base;
  int count;
  std::unordered_map<const ir::VarNode*, ir::Var> lets;   // variables whose values differ between lanes, and their vectors
};

// The expression for all lanes: a scalar where all lanes agree, else a vector of `count`. Nothing where no vector can be made.
std::optional<ir::Expr> over_lanes(const ir::Expr& e, Lanes& lanes);
// The scalar in all lanes; a vector stays.
ir::Expr spread(const ir::Expr& e, int lanes);

}  // namespace loopglass::lower
