#include "engine/lower/facts.h"

#include <algorithm>

namespace loopglass::lower {

using namespace ir;

namespace {

// The least value of a sum; nothing where it is not bounded.
std::optional<int64_t> least(const Affine& sum, const Ranges& ranges) {
  __int128 total = sum.constant;
  for (const Term& term : sum.terms) {
    const ValueRange range = ranges.of(term.atom);
    total += __int128{term.coefficient} * (term.coefficient > 0 ? range.min : range.max);
  }
  constexpr __int128 limit = INT64_MAX;
  return total > -limit && total < limit ? std::optional(static_cast<int64_t>(total)) : std::nullopt;
}

// a - b - margin >= 0.
Affine gap(const Expr& a, const Expr& b, int64_t margin) {
  Affine d = plus(affine_of(a), affine_of(b), -1);
  d.constant -= margin;
  return d;
}

// A fact about one variable alone narrows its range.
void narrow(Ranges& ranges, const Affine& at_least_zero) {
  if (at_least_zero.terms.size() != 1) return;
  const Term& term = at_least_zero.terms[0];
  const VarNode* var = as<VarNode>(term.atom);
  if (!var || std::abs(term.coefficient) != 1) return;
  ValueRange range = ranges.of(term.atom);
  if (term.coefficient == 1) range.min = std::max(range.min, -at_least_zero.constant);
  else range.max = std::min(range.max, at_least_zero.constant);
  if (range.min <= range.max) ranges.bind(var, range);
}

ExprKind negated(ExprKind kind) {
  switch (kind) {
    case ExprKind::LT: return ExprKind::GE;
    case ExprKind::LE: return ExprKind::GT;
    case ExprKind::GT: return ExprKind::LE;
    case ExprKind::GE: return ExprKind::LT;
    case ExprKind::EQ: return ExprKind::NE;
    default: return ExprKind::EQ;
  }
}

std::vector<Affine> inequalities(ExprKind kind, const Expr& a, const Expr& b) {
  switch (kind) {
    case ExprKind::LT: return {gap(b, a, 1)};
    case ExprKind::LE: return {gap(b, a, 0)};
    case ExprKind::GT: return {gap(a, b, 1)};
    case ExprKind::GE: return {gap(a, b, 0)};
    case ExprKind::EQ: return {gap(a, b, 0), gap(b, a, 0)};
    default: return {};
  }
}

}  // namespace

void Facts::assume(const Expr& condition, bool value) {
  if (const Not* node = as<Not>(condition)) return assume(node->a, !value);
  if (const Call* call = as<Call>(condition); call && call->op == "likely") return assume(call->args[0], value);
  const Binary* node = as<Binary>(condition);
  if (!node) return;
  // A conjunction that holds, a disjunction that does not: both sides tell.
  if (condition->kind == (value ? ExprKind::And : ExprKind::Or)) {
    assume(node->a, value);
    return assume(node->b, value);
  }
  if (!is_comparison(condition->kind) || !node->a->dtype.is_int() || !node->a->dtype.is_scalar()) return;
  for (Affine& fact : inequalities(value ? condition->kind : negated(condition->kind), node->a, node->b)) {
    narrow(ranges, fact);
    at_least_zero.push_back(std::move(fact));
  }
}

namespace {
// How many times a fact may stand in a sum: so often that its first atom vanishes from the rest. 1 where that says nothing.
int64_t factor_of(const Affine& fact, const Affine& sum) {
  if (fact.terms.empty()) return 1;
  const int64_t wanted = coefficient_of(sum, fact.terms[0].atom), had = fact.terms[0].coefficient;
  return wanted != 0 && wanted % had == 0 && wanted / had > 0 ? wanted / had : 1;
}
}  // namespace

bool Facts::proves_at_least_zero(const Affine& sum) const {
  if (const auto bound = least(sum, ranges); bound && *bound >= 0) return true;
  return std::ranges::any_of(at_least_zero, [&](const Affine& fact) {
    const auto rest = least(plus(sum, fact, -factor_of(fact, sum)), ranges);
    return rest && *rest >= 0;
  });
}

bool Facts::proves_between(const Expr& e, int64_t low, int64_t high) const {
  const ValueRange range = ranges.of(e);
  if (range.min >= low && range.max <= high) return true;
  const Binary* node = as<Binary>(e);
  const std::optional<int64_t> divisor = node && e->kind == ExprKind::FloorDiv ? as_int(node->b) : std::nullopt;
  if (divisor && *divisor > 0 && std::max(std::abs(low), std::abs(high)) < INT64_MAX / *divisor - 1)
    return proves_between(node->a, low * *divisor, high * *divisor + *divisor - 1);
  // Sums do not know that integers wrap: what they show counts only where the type is wide enough for all that is in it.
  if (e->dtype.bits < 32) return false;
  const Affine sum = affine_of(e);
  const bool above = range.min >= low || proves_at_least_zero(plus(sum, Affine{{}, low}, -1));
  return above && (range.max <= high || proves_at_least_zero(plus(Affine{{}, high}, sum, -1)));
}

}  // namespace loopglass::lower
