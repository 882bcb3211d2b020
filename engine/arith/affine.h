// Affine expressions: the coefficients of variables in an index.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/ir/expr.h"

namespace loopglass::arith {

// e == sum of coefficients[i] * vars[i] + base.
struct LinearEquation {
  std::vector<ir::Expr> coefficients;  // as many as vars, free of them
  ir::Expr base;                       // free of vars
};

// Nothing where e is not linear in the variables (TVM's DetectLinearEquation).
std::optional<LinearEquation> detect_linear_equation(const ir::Expr& e, std::span<const ir::Var> vars);

// The bounds of one variable that follow from a conjunction of comparisons linear in it; null: no bound (TVM's DetectClipBound).
struct ClipBound {
  ir::Expr min, max;  // inclusive
};
// One per variable; nothing where a conjunct is not of the form.
std::optional<std::vector<ClipBound>> detect_clip_bound(const ir::Expr& condition, std::span<const ir::Var> vars);

}  // namespace loopglass::arith
