// The simplifier's comparisons, logic and choices.
#include "engine/arith/analysis.h"
#include "engine/arith/effect.h"
#include "engine/support/integer.h"
#include "engine/arith/rewrite_simplify.h"
#include "engine/ir/op.h"
#include "engine/ir/structural_equal.h"

namespace loopglass::arith {
namespace {

using namespace ir;

Expr make_not(Expr e) { return std::make_shared<const Not>(std::move(e)); }

// e = expr + offset.
struct SplitOffset {
  Expr expr;
  int64_t offset = 0;
};
SplitOffset split_offset(const Expr& e) {
  if (e->kind == ExprKind::Add || e->kind == ExprKind::Sub)
    if (const IntImm* constant = as<IntImm>(get<Binary>(e).b))
      return {get<Binary>(e).a, e->kind == ExprKind::Add ? constant->value : wrapping_sub(0, constant->value)};
  return {e, 0};
}

// Bounds of a that follow from a comparison of a // positive constant with a constant.
void add_quotient_facts(const Expr& quotient, ExprKind kind, int64_t value, std::vector<Expr>& facts) {
  if (quotient->kind != ExprKind::FloorDiv) return;
  const Binary& div = get<Binary>(quotient);
  const std::optional<int64_t> divisor = as_int(div.b);
  if (!divisor || *divisor <= 0) return;
  const DataType type = div.a->dtype;
  const Expr first = mul(make_int(value, type), make_int(*divisor, type));
  const Expr next = mul(make_int(wrapping_add(value, 1), type), make_int(*divisor, type));
  if (kind == ExprKind::EQ || kind == ExprKind::GE) facts.push_back(ge(div.a, first));
  if (kind == ExprKind::GT) facts.push_back(ge(div.a, next));
  if (kind == ExprKind::LT) facts.push_back(lt(div.a, first));
  if (kind == ExprKind::EQ || kind == ExprKind::LE) facts.push_back(lt(div.a, next));
}

ExprKind mirrored(ExprKind kind) {
  switch (kind) {
    case ExprKind::LT: return ExprKind::GT;
    case ExprKind::LE: return ExprKind::GE;
    case ExprKind::GT: return ExprKind::LT;
    case ExprKind::GE: return ExprKind::LE;
    default: return kind;
  }
}

// What a condition says besides itself: i // 4 == 2 says 8 <= i < 12.
void collect_derived_facts(const Expr& condition, std::vector<Expr>& facts) {
  if (condition->kind == ExprKind::And) {
    collect_derived_facts(get<Binary>(condition).a, facts);
    collect_derived_facts(get<Binary>(condition).b, facts);
  } else if (is_comparison(condition->kind)) {
    const Binary& op = get<Binary>(condition);
    if (auto value = as_int(op.b)) add_quotient_facts(op.a, condition->kind, *value, facts);
    if (auto value = as_int(op.a)) add_quotient_facts(op.b, mirrored(condition->kind), *value, facts);
  }
}

// Runs f while the condition and what it implies are in force.
template <class F>
Expr under(Analysis& analysis, const Expr& condition, F f) {
  std::vector<Expr> facts{condition};
  collect_derived_facts(condition, facts);
  for (const Expr& fact : facts) analysis.enter(fact);
  Expr result = f();
  for (size_t i = 0; i < facts.size(); ++i) analysis.leave();
  return result;
}

bool is_number(const Expr& e) { return as<IntImm>(e) || as<FloatImm>(e); }

}  // namespace

Expr negate_condition(const Expr& condition) {
  const auto op = [&]() -> const Binary& { return get<Binary>(condition); };
  switch (condition->kind) {
    case ExprKind::Not: return get<Not>(condition).a;
    case ExprKind::And: return logical_or(negate_condition(op().a), negate_condition(op().b));
    case ExprKind::Or: return logical_and(negate_condition(op().a), negate_condition(op().b));
    case ExprKind::LT: return le(op().b, op().a);
    case ExprKind::LE: return lt(op().b, op().a);
    case ExprKind::GT: return le(op().a, op().b);
    case ExprKind::GE: return lt(op().a, op().b);
    case ExprKind::EQ: return ne(op().a, op().b);
    case ExprKind::NE: return eq(op().a, op().b);
    default: return logical_not(condition);
  }
}

Expr RewriteSimplifier::rewrite_equal(const Expr& e) {
  if (Expr known = known_literal(e)) return known;
  return equal_rules(e);
}

Expr RewriteSimplifier::equal_rules(const Expr& e) {
  const Binary& op = get<Binary>(e);
  Expr result;
  if (!op.a->dtype.is_scalar()) result = try_rules(RuleSet::EqualVector, e);
  if (result) return result;
  if (!is_index_type(op.a->dtype)) {
    const bool same = op.a->dtype.is_scalar() && structural_equal(op.a, op.b) && effect(op.a) <= Effect::ReadsState;
    return same ? make_bool(true) : e;
  }
  const CompareResult known = compare(op.a, op.b);
  if (known == CompareResult::EQ) return make_bool(true);
  if (known == CompareResult::NE || known == CompareResult::LT || known == CompareResult::GT) return make_bool(false);
  result = try_rules(RuleSet::EqualIndex, e);
  return result ? result : e;
}

Expr RewriteSimplifier::rewrite_not_equal(const Expr& e) {
  if (Expr known = known_literal(e)) return known;
  const Binary& op = get<Binary>(e);
  if (is_index_type(op.a->dtype)) {
    switch (compare(op.a, op.b)) {
      case CompareResult::NE: case CompareResult::LT: case CompareResult::GT: return make_bool(true);
      case CompareResult::EQ: return make_bool(false);
      case CompareResult::GE: return less_rules(make_binary(ExprKind::LT, op.b, op.a));
      case CompareResult::LE: return less_rules(make_binary(ExprKind::LT, op.a, op.b));
      default: break;
    }
  }
  return not_rules(make_not(equal_rules(make_binary(ExprKind::EQ, op.a, op.b))));
}

Expr RewriteSimplifier::rewrite_less(const Expr& e) {
  if (Expr known = known_literal(e)) return known;
  return less_rules(e);
}

Expr RewriteSimplifier::less_rules(const Expr& e) {
  const Binary& op = get<Binary>(e);
  if (!op.a->dtype.is_scalar())
    if (Expr result = try_rules(RuleSet::LessVector, e)) return result;
  if (!is_index_type(op.a->dtype)) return e;
  const CompareResult known = compare(op.a, op.b);
  if (known == CompareResult::LT) return make_bool(true);
  if (known == CompareResult::EQ || known == CompareResult::GT || known == CompareResult::GE) return make_bool(false);
  if (Expr result = try_rules(RuleSet::LessIndex, e)) return result;
  Expr result = less_by_offset_or_factor(e);
  return result ? again(result) : e;
}

// Brings the constant summands to one side, or divides both sides by a common factor.
Expr RewriteSimplifier::less_by_offset_or_factor(const Expr& e) {
  const Binary& op = get<Binary>(e);
  const SplitOffset a = split_offset(op.a), b = split_offset(op.b);
  if (a.offset != 0 || b.offset != 0) {
    const int64_t difference = wrapping_sub(b.offset, a.offset);
    if (difference == 0) return lt(a.expr, b.expr);
    if (difference == 1) return le(a.expr, b.expr);
    if (difference < 0 && b.offset != 0) return lt(add(a.expr, make_int(-difference, a.expr->dtype)), b.expr);
    if (difference > 0 && a.offset != 0) return lt(a.expr, add(b.expr, make_int(difference, b.expr->dtype)));
  }
  const ModularSet left = analysis_.modular_set(op.a), right = analysis_.modular_set(op.b);
  const int64_t factor = gcd(gcd(left.base, left.coeff), gcd(right.base, right.coeff));
  if (factor <= 1) return nullptr;
  const Expr divisor = make_int(factor, op.a->dtype);
  return lt(floordiv(op.a, divisor), floordiv(op.b, divisor));
}

Expr RewriteSimplifier::rewrite_less_equal(const Expr& e) {
  if (Expr known = known_literal(e)) return known;
  // Rules before comparing: they round bounds (ceildiv(n, 4) <= i) where a proof would leave them as they are.
  const Expr opposite = less_rules(make_binary(ExprKind::LT, get<Binary>(e).b, get<Binary>(e).a));
  const Expr result = not_rules(make_not(opposite));
  if (result->kind != ExprKind::LE || !is_index_type(get<Binary>(result).a->dtype)) return result;
  const Binary& op = get<Binary>(result);
  switch (compare(op.a, op.b)) {
    case CompareResult::LE: case CompareResult::LT: case CompareResult::EQ: return make_bool(true);
    case CompareResult::GT: return make_bool(false);
    case CompareResult::NE: return less_rules(make_binary(ExprKind::LT, op.a, op.b));
    case CompareResult::GE: return equal_rules(make_binary(ExprKind::EQ, op.a, op.b));
    default: return result;
  }
}

Expr RewriteSimplifier::not_rules(const Expr& e) {
  Expr result;
  if (!e->dtype.is_scalar()) result = try_rules(RuleSet::NotVector, e);
  if (!result) result = try_rules(RuleSet::Not, e);
  return result ? result : e;
}

Expr RewriteSimplifier::rewrite_not(const Expr& e) {
  const Expr a = visit(get<Not>(e).a);
  if (as<IntImm>(a)) return logical_not(a);
  const Expr node = a == get<Not>(e).a ? e : make_not(a);
  if (Expr known = known_literal(node)) return known;
  return not_rules(node);
}

Expr RewriteSimplifier::rewrite_logical(const Expr& e) {
  if (Expr known = known_literal(e)) return known;
  Expr result = try_rules(e->kind == ExprKind::And ? RuleSet::And : RuleSet::Or, e);
  return result ? result : e;
}

Expr RewriteSimplifier::rewrite_select(const Expr& e) {
  const Select& select = get<Select>(e);
  const Expr condition = visit(select.condition);
  const Expr true_value = under(analysis_, condition, [&] { return visit(select.true_value); });
  Expr false_value;
  {
    ConstraintScope scope(analysis_, analysis_.rewrite_simplify(make_not(condition)));
    false_value = visit(select.false_value);
  }
  if (const IntImm* constant = as<IntImm>(condition)) return constant->value != 0 ? true_value : false_value;
  const bool same = condition == select.condition && true_value == select.true_value && false_value == select.false_value;
  const Expr node = same ? e : std::make_shared<const Select>(condition, true_value, false_value);
  Expr result = try_rules(RuleSet::Select, node);
  return result ? result : node;
}

Expr RewriteSimplifier::rewrite_if_then_else(const Expr& e) {
  const std::vector<Expr>& args = get<Call>(e).args;
  const Expr condition = visit(args[0]);
  const Expr true_value = under(analysis_, condition, [&] { return visit(args[1]); });
  Expr false_value;
  {
    ConstraintScope scope(analysis_, make_not(condition));
    false_value = visit(args[2]);
  }
  if (const IntImm* constant = as<IntImm>(condition)) return constant->value != 0 ? true_value : false_value;
  // if a: (if b: x else: n) else: n, where n is a number, is if a and b: x else: n.
  if (const Call* inner = as<Call>(true_value); inner && inner->op == "if_then_else") {
    const Expr& inner_else = inner->args[2];
    if (is_number(inner_else) && is_number(false_value) && structural_equal(inner_else, false_value))
      return make_call(e->dtype, "if_then_else", {logical_and(condition, inner->args[0]), inner->args[1], false_value});
  }
  const bool same = condition == args[0] && true_value == args[1] && false_value == args[2];
  return same ? e : make_call(e->dtype, "if_then_else", {condition, true_value, false_value});
}

Expr RewriteSimplifier::rewrite_call(const Expr& e) {
  const Call& call = get<Call>(e);
  if (call.op == "if_then_else" && call.args.size() == 3) return rewrite_if_then_else(e);
  std::vector<Expr> args;
  for (const Expr& arg : call.args) args.push_back(visit(arg));
  const Expr node = args == call.args ? e : make_call(e->dtype, call.op, args);
  if (call.op == "likely" && args.size() == 1) {
    if (as<IntImm>(args[0])) return args[0];
    if (Expr known = known_literal(args[0])) return known;
  }
  if ((call.op == "shift_left" || call.op == "shift_right") && args.size() == 2) {
    const std::optional<int64_t> a = as_int(args[0]), b = as_int(args[1]);
    if (a && b && *b >= 0 && *b < 63) {
      const int64_t value = call.op == "shift_left" ? wrapping_mul(*a, int64_t{1} << *b) : *a >> *b;
      return cast(e->dtype, make_int(value, kInt64));
    }
  }
  return node;
}

}  // namespace loopglass::arith
