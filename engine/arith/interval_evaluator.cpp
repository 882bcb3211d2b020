#include "engine/arith/interval_evaluator.h"

#include <algorithm>
#include <utility>

#include "engine/arith/analysis.h"
#include "engine/support/integer.h"
#include "engine/ir/op.h"
#include "engine/ir/structural_equal.h"
#include "engine/ir/visitor.h"

namespace loopglass::arith {
namespace {

using namespace ir;

// Null stands for the infinity at that end.
Expr both(const Expr& a, const Expr& b, Expr (*op)(Expr, Expr)) { return a && b ? op(a, b) : nullptr; }
Expr either(const Expr& a, const Expr& b, Expr (*op)(Expr, Expr)) { return a && b ? op(a, b) : (a ? a : b); }

Expr one(DataType type) { return make_int(1, type); }

}  // namespace

IntSet unite(const IntSet& a, const IntSet& b) {
  if (a.is_nothing) return b;
  if (b.is_nothing) return a;
  return {both(a.min, b.min, ir::min), both(a.max, b.max, ir::max)};
}

IntSet intersect(const IntSet& a, const IntSet& b, Analysis& analysis) {
  if (a.is_nothing || b.is_nothing) return IntSet::nothing();
  const Expr low = either(a.min, b.min, ir::max), high = either(a.max, b.max, ir::min);
  if (low && high && analysis.can_prove(lt(high, low))) return IntSet::nothing();
  return {low, high};
}

IntSet IntervalEvaluator::evaluate(const IntSet& set) {
  if (depth_ >= domains_.size() || set.is_nothing) return set;
  ++depth_;
  const IntSet low = set.min ? evaluate(set.min) : IntSet{}, high = set.max ? evaluate(set.max) : IntSet{};
  --depth_;
  return {low.min, high.max};
}

IntSet IntervalEvaluator::evaluate(const Expr& e) {
  switch (e->kind) {
    case ExprKind::IntImm: return IntSet::single_point(e);
    case ExprKind::Var: return evaluate_var(e);
    case ExprKind::Ramp: return evaluate_ramp(get<Ramp>(e));
    case ExprKind::Broadcast: return evaluate(get<Broadcast>(e).value);
    case ExprKind::Select: {
      const IntSet if_true = evaluate(get<Select>(e).true_value);
      return unite(evaluate(get<Select>(e).false_value), if_true);
    }
    case ExprKind::Cast: {
      const IntSet value = evaluate(get<Cast>(e).value);
      if (value.is_nothing) return value;
      if (value.is_single_point()) return IntSet::single_point(cast(e->dtype, value.min));
      return {value.min ? cast(e->dtype, value.min) : nullptr, value.max ? cast(e->dtype, value.max) : nullptr};
    }
    case ExprKind::BufferLoad: {
      const auto has_domain = [&](const VarNode* var) { return domains_.contains(var); };
      const bool varies = std::any_of(get<BufferLoad>(e).indices.begin(), get<BufferLoad>(e).indices.end(),
                                      [&](const Expr& index) { return uses_var(index, has_domain); });
      return varies || !e->dtype.is_integral() ? IntSet::everything() : IntSet::single_point(e);
    }
    default: return Binary::is(e->kind) ? evaluate_binary(e) : IntSet::everything();
  }
}

IntSet IntervalEvaluator::evaluate_var(const Expr& e) {
  const VarNode* var = &get<VarNode>(e);
  const auto domain = domains_.find(var);
  if (domain == domains_.end()) return IntSet::single_point(e);
  if (auto done = relaxed_.find(var); done != relaxed_.end()) return done->second;
  // Constraints, then the domain, intersected from the left.
  std::vector<IntSet> sets;
  for (const auto& [constrained, set] : constraints_ ? *constraints_ : DomainConstraints{})
    if (constrained == var) sets.push_back(set);
  sets.push_back(domain->second);
  const IntSet set = sets.size() == 1 ? sets[0] : arith::intersect(sets);
  if ((set.min == e && set.max == e) || !in_progress_.insert(var).second) return set;
  const IntSet relaxed = evaluate(set);
  in_progress_.erase(var);
  relaxed_[var] = relaxed;
  return relaxed;
}

IntSet IntervalEvaluator::evaluate_ramp(const Ramp& ramp) {
  const IntSet base = evaluate(ramp.base);
  const std::optional<int64_t> stride = as_int(ramp.stride);
  if (!stride || base.is_nothing) return IntSet::everything();
  const DataType type = ramp.base->dtype;
  const Expr last = make_int(*stride * (ramp.dtype.lanes - 1), type), zero = make_int(0, type);
  return {both(base.min, *stride > 0 ? zero : last, add), both(base.max, *stride > 0 ? last : zero, add)};
}

IntSet IntervalEvaluator::evaluate_binary(const Expr& e) {
  const Binary& op = get<Binary>(e);
  const IntSet a = evaluate(op.a), b = evaluate(op.b);
  if (a.is_single_point() && b.is_single_point()) {
    if (a.min == op.a && b.min == op.b) return IntSet::single_point(e);
    return IntSet::single_point(fold_binary(op.kind, a.min, b.min));
  }
  return combine(op, a, b);
}

IntSet IntervalEvaluator::combine(const Binary& op, IntSet a, IntSet b) {
  if (is_comparison(op.kind) || op.kind == ExprKind::And || op.kind == ExprKind::Or) return {make_bool(false), make_bool(true)};
  if (a.is_nothing) return a;
  if (b.is_nothing) return b;
  switch (op.kind) {
    case ExprKind::Add: return {both(a.min, b.min, add), both(a.max, b.max, add)};
    case ExprKind::Sub: return {both(a.min, b.max, sub), both(a.max, b.min, sub)};
    case ExprKind::Mul: return multiply(std::move(a), std::move(b));
    case ExprKind::Div: case ExprKind::FloorDiv: return divide(op.kind, a, b);
    case ExprKind::Mod: case ExprKind::FloorMod: return remainder(op, a, b);
    case ExprKind::Max: return {either(a.min, b.min, ir::max), both(a.max, b.max, ir::max)};
    case ExprKind::Min: return {both(a.min, b.min, ir::min), either(a.max, b.max, ir::min)};
    default: return IntSet::everything();
  }
}

// a * factor or a / factor, whose sign decides which end is which; of an unknown sign, a choice at run time.
IntSet IntervalEvaluator::scale(ExprKind kind, const IntSet& a, const Expr& factor) {
  const auto apply = [&](const Expr& end) { return end ? fold_binary(kind, end, factor) : nullptr; };
  if (analysis_.can_prove_greater_equal(factor, 0)) return {apply(a.min), apply(a.max)};
  if (analysis_.can_prove_greater_equal(neg(factor), 1)) return {apply(a.max), apply(a.min)};
  if (!a.min || !a.max) return IntSet::everything();
  const Expr sign = ge(factor, make_int(0, factor->dtype.element()));
  const Expr low = apply(a.min), high = apply(a.max);
  return {std::make_shared<const Select>(sign, low, high), std::make_shared<const Select>(sign, high, low)};
}

IntSet IntervalEvaluator::multiply(IntSet a, IntSet b) {
  if (a.is_single_point()) std::swap(a, b);
  if (!b.is_single_point()) return IntSet::everything();
  if (is_zero(b.min)) return b;
  return is_one(b.min) ? a : scale(ExprKind::Mul, a, b.min);
}

IntSet IntervalEvaluator::divide(ExprKind kind, const IntSet& a, const IntSet& b) {
  if (!b.is_single_point() || is_zero(b.min)) return IntSet::everything();
  return is_one(b.min) ? a : scale(kind, a, b.min);
}

IntSet IntervalEvaluator::remainder(const Binary& op, const IntSet& a, const IntSet& b) {
  if (!b.is_single_point() || is_zero(b.min)) return IntSet::everything();
  const Expr& divisor = b.min;
  const Expr largest = sub(divisor, one(divisor->dtype)), zero = make_int(0, divisor->dtype);
  if (!analysis_.can_prove_greater_equal(divisor, 0)) {
    const Expr least = make_int(0, divisor->dtype);
    const std::optional<int64_t> constant = as_int(divisor);
    const Expr size = constant ? make_int(-*constant, divisor->dtype) : select(ge(divisor, least), divisor, sub(least, divisor));
    const Expr bound = sub(size, one(divisor->dtype));
    return {sub(least, bound), bound};
  }
  const std::optional<int64_t> constant = as_int(divisor);
  if (op.kind == ExprKind::Mod || !constant) return {zero, largest};
  // One quotient for all: the remainders keep their order.
  if (a.min && a.max) {
    const Expr low = floordiv(a.min, divisor), high = floordiv(a.max, divisor);
    if (analysis_.can_prove(eq(high, low))) {
      const Expr start = mul(divisor, low);
      return {sub(a.min, start), sub(a.max, start)};
    }
  }
  const ModularSet dividend = analysis_.modular_set(op.a);
  const int64_t step = gcd(dividend.coeff, *constant);
  if (dividend.coeff <= 0 || step <= 1) return {zero, largest};
  const int64_t last = (*constant / step - 1) * step + dividend.base % step;
  return last >= 0 && last < *constant ? IntSet{zero, make_int(last, op.dtype)} : IntSet{zero, largest};
}

}  // namespace loopglass::arith
