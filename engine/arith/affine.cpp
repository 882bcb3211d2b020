#include "engine/arith/affine.h"

#include <algorithm>

#include "engine/arith/analysis.h"
#include "engine/ir/op.h"
#include "engine/ir/visitor.h"

namespace loopglass::arith {
namespace {

using namespace ir;

// coefficient * var + base; null: 0.
struct Linear {
  Expr coefficient, base;
};

Expr plus(const Expr& a, const Expr& b) { return a && b ? add(a, b) : (a ? a : b); }
Expr minus(const Expr& a, const Expr& b) { return b ? (a ? sub(a, b) : neg(b)) : a; }
Expr times(const Expr& a, const Expr& b) { return a && b ? mul(a, b) : nullptr; }

std::optional<Linear> linear_in(const Expr& e, const VarNode* var) {
  if (e->kind == ExprKind::Var && &get<VarNode>(e) == var) return Linear{make_int(1, e->dtype), nullptr};
  if (!uses_var(e, [&](const VarNode* v) { return v == var; })) return Linear{nullptr, e};
  const bool is_linear_operator = e->kind == ExprKind::Add || e->kind == ExprKind::Sub || e->kind == ExprKind::Mul;
  if (!is_linear_operator) return std::nullopt;
  std::optional<Linear> a = linear_in(get<Binary>(e).a, var), b = linear_in(get<Binary>(e).b, var);
  if (!a || !b) return std::nullopt;
  if (e->kind == ExprKind::Add) return Linear{plus(a->coefficient, b->coefficient), plus(a->base, b->base)};
  if (e->kind == ExprKind::Sub) return Linear{minus(a->coefficient, b->coefficient), minus(a->base, b->base)};
  if (a->coefficient) std::swap(a, b);
  if (a->coefficient) return std::nullopt;
  return Linear{times(a->base, b->coefficient), times(a->base, b->base)};
}

// A comparison as `expr >= 0` (or == 0); null where it is none of integers.
struct Canonical {
  Expr expr;
  bool is_equation = false;
};
Canonical canonical_comparison(const Expr& condition) {
  if (!is_comparison(condition->kind)) return {};
  const Binary& op = get<Binary>(condition);
  if (!op.a->dtype.is_int()) return {};
  const Expr one = make_int(1, op.a->dtype);
  switch (op.kind) {
    case ExprKind::LT: return {sub(sub(op.b, op.a), one)};
    case ExprKind::LE: return {sub(op.b, op.a)};
    case ExprKind::GT: return {sub(sub(op.a, op.b), one)};
    case ExprKind::GE: return {sub(op.a, op.b)};
    case ExprKind::EQ: return {sub(op.a, op.b), true};
    default: return {};
  }
}

// Narrows the bound of the one variable that the condition is about.
bool clip(const Expr& condition, std::span<const Var> vars, std::vector<ClipBound>& bounds, Analysis& analysis) {
  std::optional<size_t> index;
  for (size_t i = 0; i < vars.size(); ++i) {
    if (!uses_var(condition, vars[i])) continue;
    if (index) return false;
    index = i;
  }
  const Canonical canonical = canonical_comparison(condition);
  if (!index || !canonical.expr) return false;
  const std::optional<Linear> linear = linear_in(canonical.expr, vars[*index].get());
  if (!linear || !linear->coefficient) return false;
  const Expr coefficient = analysis.simplify(linear->coefficient);
  const Expr base = linear->base ? linear->base : make_int(0, coefficient->dtype);
  const bool rises = is_const_int(coefficient, 1);
  if (!rises && !is_const_int(coefficient, -1)) return false;
  const Expr limit = rises ? neg(base) : base;
  ClipBound& bound = bounds[*index];
  if (rises || canonical.is_equation) bound.min = bound.min ? ir::max(bound.min, limit) : limit;
  if (!rises || canonical.is_equation) bound.max = bound.max ? ir::min(bound.max, limit) : limit;
  return true;
}

bool clip_all(const Expr& condition, std::span<const Var> vars, std::vector<ClipBound>& bounds, Analysis& analysis) {
  if (condition->kind != ExprKind::And) return clip(condition, vars, bounds, analysis);
  return clip_all(get<Binary>(condition).a, vars, bounds, analysis) && clip_all(get<Binary>(condition).b, vars, bounds, analysis);
}

}  // namespace

std::optional<LinearEquation> detect_linear_equation(const Expr& e, std::span<const Var> vars) {
  LinearEquation equation{{}, e};
  for (const Var& var : vars) {
    const std::optional<Linear> linear = linear_in(equation.base, var.get());
    if (!linear) return std::nullopt;
    const Expr zero = make_int(0, var->dtype);
    equation.coefficients.push_back(linear->coefficient ? linear->coefficient : zero);
    equation.base = linear->base ? linear->base : zero;
  }
  const auto is_var = [&](const VarNode* v) { return std::any_of(vars.begin(), vars.end(), [&](const Var& var) { return var.get() == v; }); };
  const bool has_product = std::any_of(equation.coefficients.begin(), equation.coefficients.end(), [&](const Expr& c) { return uses_var(c, is_var); });
  return has_product ? std::nullopt : std::optional(equation);
}

std::optional<std::vector<ClipBound>> detect_clip_bound(const Expr& condition, std::span<const Var> vars) {
  Analysis analysis;
  std::vector<ClipBound> bounds(vars.size());
  if (!clip_all(analysis.simplify(condition), vars, bounds, analysis)) return std::nullopt;
  for (ClipBound& bound : bounds) {
    if (bound.min) bound.min = analysis.simplify(bound.min);
    if (bound.max) bound.max = analysis.simplify(bound.max);
  }
  return bounds;
}

}  // namespace loopglass::arith
