// The simplifier's numeric operators.
#include <bit>

#include "engine/arith/analysis.h"
#include "engine/arith/effect.h"
#include "engine/support/integer.h"
#include "engine/arith/rewrite_simplify.h"
#include "engine/ir/op.h"

namespace loopglass::arith {
namespace {

using namespace ir;

// The sets of Add, Sub, Mul and Div: of vectors, of indices, of other types, of all.
struct OperatorRules {
  std::optional<RuleSet> vector, index, other, any;
};

OperatorRules rules_of(ExprKind kind) {
  switch (kind) {
    case ExprKind::Add: return {RuleSet::AddVector, RuleSet::AddIndex, {}, RuleSet::AddAny};
    case ExprKind::Sub: return {RuleSet::SubVector, RuleSet::SubIndex, RuleSet::SubOther, RuleSet::SubAny};
    case ExprKind::Mul: return {RuleSet::MulVector, RuleSet::MulIndex, {}, {}};
    default: return {RuleSet::DivVector, RuleSet::DivIndex, {}, {}};
  }
}

// x * factor + rest, divided by divisor, where factor and divisor are constants.
struct MultipleAndRest {
  Expr x, rest;  // rest is null for 0
  int64_t factor = 0;
};

std::optional<MultipleAndRest> match_multiple(const Expr& dividend) {
  const auto multiple = [](const Expr& e) -> const Binary* {
    const bool is_multiple = e->kind == ExprKind::Mul && get<Binary>(e).b->kind == ExprKind::IntImm;
    return is_multiple ? &get<Binary>(e) : nullptr;
  };
  const auto factor = [](const Binary* m) { return get<IntImm>(m->b).value; };
  if (const Binary* m = multiple(dividend)) return MultipleAndRest{m->a, nullptr, factor(m)};
  if (dividend->kind != ExprKind::Add) return std::nullopt;
  const Binary& sum = get<Binary>(dividend);
  if (const Binary* m = multiple(sum.a)) return MultipleAndRest{m->a, sum.b, factor(m)};
  if (const Binary* m = multiple(sum.b)) return MultipleAndRest{m->a, sum.a, factor(m)};
  return std::nullopt;
}

bool is_small_power_of_two(int64_t value, int bits) {
  return value > 0 && std::has_single_bit(static_cast<uint64_t>(value)) && (bits >= 64 || value <= int64_t{1} << bits);
}

}  // namespace

Expr RewriteSimplifier::rewrite_arithmetic(const Expr& e) {
  const OperatorRules sets = rules_of(e->kind);
  Expr result;
  if (!e->dtype.is_scalar()) result = try_rules(*sets.vector, e);
  if (!result && is_index_type(e->dtype)) result = try_rules(*sets.index, e);
  if (!result && !is_index_type(e->dtype) && sets.other && effect(e) <= Effect::ReadsState) result = try_rules(*sets.other, e);
  if (!result && sets.any) result = try_rules(*sets.any, e);
  return result ? result : e;
}

Expr RewriteSimplifier::rewrite_floordiv(const Expr& e) {
  if (!e->dtype.is_scalar())
    if (Expr result = try_rules(RuleSet::FloorDivVector, e)) return result;
  if (!is_index_type(e->dtype)) return rewrite_unsigned(e);
  if (Expr result = try_rules(RuleSet::FloorDivFirst, e)) return result;
  if (Expr result = split_off_multiple(e)) return result;
  Expr result = try_rules(RuleSet::FloorDivIndex, e);
  return result ? result : e;
}

// (x * factor + y) // divisor: takes out the part that divides where the rest has one value, or lowers the divisor where
// the rest cannot carry.
Expr RewriteSimplifier::split_off_multiple(const Expr& e) {
  const std::optional<int64_t> divisor = as_int(get<Binary>(e).b);
  const std::optional<MultipleAndRest> dividend = divisor && *divisor != 0 ? match_multiple(get<Binary>(e).a) : std::nullopt;
  if (!dividend) return nullptr;
  const auto constant = [&](int64_t value) { return make_int(value, e->dtype); };
  const auto& [x, rest, factor] = *dividend;
  const Expr y = rest ? rest : constant(0);
  const Expr y_quotient = floordiv(y, constant(*divisor)), y_remainder = floormod(y, constant(*divisor));

  const Expr residue = floordiv(add(mul(x, constant(floor_mod(factor, *divisor))), y_remainder), constant(*divisor));
  const Expr y_part = proves_equal(y_quotient, 0) ? constant(0) : y_quotient;
  const ConstIntBound bound = analysis_.const_int_bound(residue);
  if (bound.min == bound.max) return add(mul(x, constant(floor_div(factor, *divisor))), add(y_part, constant(bound.max)));

  const bool lowers = factor > 0 && *divisor > 0 && *divisor % factor == 0;
  if (lowers && analysis_.can_prove_less(y_remainder, factor)) return add(floordiv(x, constant(*divisor / factor)), y_part);
  return nullptr;
}

Expr RewriteSimplifier::rewrite_mod(const Expr& e) {
  if (!e->dtype.is_scalar())
    if (Expr result = try_rules(RuleSet::ModVector, e)) return result;
  if (!is_index_type(e->dtype)) return e;
  if (Expr result = try_rules(RuleSet::ModIndex, e)) return result;
  const Binary& mod = get<Binary>(e);
  const std::optional<int64_t> divisor = as_int(mod.b);
  if (!divisor || *divisor <= 0) return e;
  const ModularSet dividend = analysis_.modular_set(mod.a);
  if (dividend.coeff % *divisor == 0 && proves_greater_equal(mod.a, 0)) return make_int(dividend.base % *divisor, e->dtype);
  return e;
}

Expr RewriteSimplifier::rewrite_floormod(const Expr& e) {
  if (!e->dtype.is_scalar())
    if (Expr result = try_rules(RuleSet::FloorModVector, e)) return result;
  if (!is_index_type(e->dtype)) return rewrite_unsigned(e);
  if (Expr result = try_rules(RuleSet::FloorModIndex, e)) return result;
  const Binary& mod = get<Binary>(e);
  const std::optional<int64_t> divisor = as_int(mod.b);
  if (!divisor || *divisor <= 0) return e;
  const ModularSet dividend = analysis_.modular_set(mod.a);
  if (dividend.coeff % *divisor == 0) return make_int(floor_mod(dividend.base, *divisor), e->dtype);
  const ConstIntBound bound = analysis_.const_int_bound(mod.a);
  return bound.min >= 0 && bound.max < *divisor ? mod.a : e;
}

// Of unsigned types only what holds though products and sums wrap.
Expr RewriteSimplifier::rewrite_unsigned(const Expr& e) {
  if (!e->dtype.is_uint() || !e->dtype.is_scalar() || e->dtype.bits < 32) return e;
  const Binary& op = get<Binary>(e);
  const bool is_quotient = e->kind == ExprKind::FloorDiv;
  if (Expr difference = try_rules(RuleSet::SubOther, sub(op.a, op.b)); difference && is_zero(difference))
    return make_int(is_quotient ? 1 : 0, e->dtype);
  const std::optional<int64_t> divisor = as_int(op.b);
  if (!divisor || *divisor <= 0) return e;
  if (*divisor == 1) return is_quotient ? op.a : make_int(0, e->dtype);
  if (is_quotient) {
    const ConstIntBound bound = analysis_.const_int_bound(op.a);
    return bound.min >= 0 && bound.max < *divisor ? make_int(0, e->dtype) : e;
  }
  if (!is_small_power_of_two(*divisor, e->dtype.bits)) return e;
  const ModularSet dividend = analysis_.modular_set(op.a);
  return dividend.coeff % *divisor == 0 ? make_int(floor_mod(dividend.base, *divisor), e->dtype) : e;
}

Expr RewriteSimplifier::rewrite_extremum(const Expr& e) {
  const bool is_min = e->kind == ExprKind::Min;
  const Binary& op = get<Binary>(e);
  Expr result;
  if (!e->dtype.is_scalar()) result = try_rules(is_min ? RuleSet::MinVector : RuleSet::MaxVector, e);
  if (!result && is_index_type(e->dtype)) {
    const ConstIntBound a = analysis_.const_int_bound(op.a), b = analysis_.const_int_bound(op.b);
    if (is_min ? a.max <= b.min : a.min >= b.max) return op.a;
    if (is_min ? b.max <= a.min : b.min >= a.max) return op.b;
    result = try_rules(is_min ? RuleSet::MinIndex : RuleSet::MaxIndex, e);
  }
  if (!result) result = try_rules(is_min ? RuleSet::MinAny : RuleSet::MaxAny, e);
  return result ? result : e;
}

}  // namespace loopglass::arith
