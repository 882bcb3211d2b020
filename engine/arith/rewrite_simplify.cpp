#include "engine/arith/rewrite_simplify.h"

#include "engine/arith/analysis.h"
#include "engine/arith/effect.h"
#include "engine/ir/fold.h"
#include "engine/ir/op.h"
#include "engine/ir/structural_equal.h"

namespace loopglass::arith {
namespace {

using namespace ir;

constexpr int kMaxDepth = 5;

}  // namespace

Expr RewriteSimplifier::operator()(const Expr& e) {
  const Expr once = visit(e);
  return once == e ? e : visit(once);
}

Expr RewriteSimplifier::rewrite(const Expr& e) {
  switch (e->kind) {
    case ExprKind::IntImm: case ExprKind::FloatImm: case ExprKind::StringImm: return e;
    case ExprKind::Var: return rewrite_var(e);
    case ExprKind::GT: return visit(lt(get<Binary>(e).b, get<Binary>(e).a));
    case ExprKind::GE: return visit(le(get<Binary>(e).b, get<Binary>(e).a));
    case ExprKind::Not: return rewrite_not(e);
    case ExprKind::Select: return rewrite_select(e);
    case ExprKind::Call: return rewrite_call(e);
    case ExprKind::Let: return rewrite_let(e);
    case ExprKind::Cast: return cast(e->dtype, visit(get<Cast>(e).value));
    default: return Binary::is(e->kind) ? rewrite_binary(e) : rewrite_others(e);
  }
}

Expr RewriteSimplifier::rewrite_binary(const Expr& e) {
  const Binary& binary = get<Binary>(e);
  const Expr a = visit(binary.a), b = visit(binary.b);
  if (a->dtype != b->dtype) return fold_binary(e->kind, a, b);
  if (Expr folded = try_fold_binary(e->kind, a, b)) return folded;
  const Expr node = a == binary.a && b == binary.b ? e : make_binary(e->kind, a, b);
  switch (e->kind) {
    case ExprKind::Min: case ExprKind::Max: return rewrite_extremum(node);
    case ExprKind::EQ: return rewrite_equal(node);
    case ExprKind::NE: return rewrite_not_equal(node);
    case ExprKind::LT: return rewrite_less(node);
    case ExprKind::LE: return rewrite_less_equal(node);
    case ExprKind::And: case ExprKind::Or: return rewrite_logical(node);
    case ExprKind::FloorDiv: return rewrite_floordiv(node);
    case ExprKind::FloorMod: return rewrite_floormod(node);
    case ExprKind::Mod: return rewrite_mod(node);
    default: return rewrite_arithmetic(node);
  }
}

Expr RewriteSimplifier::again(const Expr& e) {
  if (depth_ >= kMaxDepth) return e;
  ++depth_;
  Expr simplified = visit(e);
  --depth_;
  return simplified;
}

Expr RewriteSimplifier::try_rules(RuleSet set, const Expr& e) {
  const Rewritten rewritten = apply_rules(rules(set), e, *this);
  return rewritten.again ? again(rewritten.expr) : rewritten.expr;
}

Expr RewriteSimplifier::known_literal(const Expr& e) const {
  const std::vector<Expr>& literals = analysis_.literal_constraints();
  if (literals.empty()) return nullptr;
  const Expr negation = std::make_shared<const Not>(e);
  for (const Expr& literal : literals) {
    if (structural_equal(literal, e)) return make_bool(true);
    if (structural_equal(literal, negation)) return make_bool(false);
  }
  return nullptr;
}

bool RewriteSimplifier::proves_greater_equal(const Expr& e, int64_t bound) { return analysis_.can_prove_greater_equal(e, bound); }
bool RewriteSimplifier::proves_less(const Expr& e, int64_t bound) { return analysis_.can_prove_less(e, bound); }
bool RewriteSimplifier::proves_equal(const Expr& e, int64_t value) { return compare(e, value) == CompareResult::EQ; }

CompareResult RewriteSimplifier::compare(const Expr& a, const Expr& b) {
  const CompareResult by_bounds = compare(sub(a, b), 0);
  return is_decided(by_bounds) ? by_bounds : by_bounds & analysis_.compare_directly(a, b);
}

CompareResult RewriteSimplifier::compare(const Expr& e, int64_t value) {
  const Expr simplified = visit(e);
  if (const IntImm* constant = as<IntImm>(simplified)) {
    if (constant->value == value) return CompareResult::EQ;
    return constant->value > value ? CompareResult::GT : CompareResult::LT;
  }
  const ConstIntBound bound = analysis_.const_int_bound(simplified);
  if (bound.min == value && bound.max == value) return CompareResult::EQ;
  if (bound.min > value) return CompareResult::GT;
  if (bound.max < value) return CompareResult::LT;
  if (bound.min >= value) return CompareResult::GE;
  if (bound.max <= value) return CompareResult::LE;
  if (value == 0 && analysis_.modular_set(simplified).base != 0) return CompareResult::NE;
  return CompareResult::Unknown;
}

Expr RewriteSimplifier::rewrite_var(const Expr& e) {
  if (e->dtype == kBool)
    if (Expr known = known_literal(e)) return known;
  const Expr* value = analysis_.value_of(&get<VarNode>(e));
  return value ? *value : e;
}

Expr RewriteSimplifier::rewrite_let(const Expr& e) {
  const Let& let = get<Let>(e);
  const Expr value = visit(let.value);
  const bool is_trivial = as<IntImm>(let.value) || as<FloatImm>(let.value) || as<VarNode>(let.value);
  if (is_trivial) {
    analysis_.bind(let.var, value);
    return visit(let.body);
  }
  const Expr body = visit(let.body);
  return value == let.value && body == let.body ? e : std::make_shared<const Let>(let.var, value, body);
}

Expr RewriteSimplifier::rewrite_others(const Expr& e) {
  if (const Ramp* ramp = as<Ramp>(e)) {
    const Expr base = visit(ramp->base), stride = visit(ramp->stride);
    return base == ramp->base && stride == ramp->stride ? e : std::make_shared<const Ramp>(base, stride, e->dtype.lanes);
  }
  if (const Broadcast* broadcast = as<Broadcast>(e)) {
    const Expr value = visit(broadcast->value);
    return value == broadcast->value ? e : std::make_shared<const Broadcast>(value, e->dtype.lanes);
  }
  const BufferLoad& load = get<BufferLoad>(e);
  std::vector<Expr> indices;
  for (const Expr& index : load.indices) indices.push_back(visit(index));
  return indices == load.indices ? e : make_load(load.buffer, std::move(indices));
}

}  // namespace loopglass::arith
