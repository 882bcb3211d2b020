#include "engine/arith/analysis.h"

#include <algorithm>

#include "engine/arith/effect.h"
#include "engine/arith/enumeration.h"
#include "engine/ir/op.h"

namespace loopglass::arith {
namespace {

using namespace ir;

// The bounds of variables that the conjuncts of a condition state: var < limit, limit <= var, ...
void collect_domain_constraints(const Expr& condition, DomainConstraints& constraints) {
  if (condition->kind == ExprKind::And) {
    collect_domain_constraints(get<Binary>(condition).a, constraints);
    collect_domain_constraints(get<Binary>(condition).b, constraints);
    return;
  }
  if (!is_comparison(condition->kind)) return;
  const Binary& op = get<Binary>(condition);
  const auto add_bound = [&](const Expr& var, ExprKind kind, const Expr& limit) {
    if (!limit->dtype.is_integral()) return;
    const Expr one = make_int(1, limit->dtype);
    const VarNode* name = &get<VarNode>(var);
    if (kind == ExprKind::LE) constraints.emplace_back(name, IntSet{nullptr, limit});
    if (kind == ExprKind::LT) constraints.emplace_back(name, IntSet{nullptr, sub(limit, one)});
    if (kind == ExprKind::GE) constraints.emplace_back(name, IntSet{limit, nullptr});
    if (kind == ExprKind::GT) constraints.emplace_back(name, IntSet{add(limit, one), nullptr});
    if (kind == ExprKind::EQ) constraints.emplace_back(name, IntSet::single_point(limit));
  };
  const auto mirrored = [](ExprKind kind) {
    if (kind == ExprKind::LT) return ExprKind::GT;
    if (kind == ExprKind::LE) return ExprKind::GE;
    if (kind == ExprKind::GT) return ExprKind::LT;
    return kind == ExprKind::GE ? ExprKind::LE : kind;
  };
  if (op.a->kind == ExprKind::Var) add_bound(op.a, op.kind, op.b);
  if (op.b->kind == ExprKind::Var) add_bound(op.b, mirrored(op.kind), op.a);
}

}  // namespace

std::optional<bool> plainly_equal(const Expr& a, const Expr& b) {
  const IntImm *x = as<IntImm>(a), *y = as<IntImm>(b);
  if (x && y) return x->value == y->value;
  return a == b ? std::optional(true) : std::nullopt;
}

Analysis::Analysis() : bounds_(*this), residues_(*this), rewrite_(*this), canonical_(*this) {}

void Analysis::bind(const Var& var, const Range& range) {
  if (is_one(range.extent)) return bind(var, range.min);
  values_.erase(var.get());
  bounds_.bind(var.get(), range);
  domains_[var.get()] = IntSet::from_range(range);
  comparisons_.bind(var, range);
}

void Analysis::bind(const Var& var, const Expr& value) {
  const Expr simplified = rewrite_simplify(canonical_simplify(value));
  bounds_.bind(var.get(), const_int_bound(simplified));
  residues_.bind(var.get(), modular_set(simplified));
  values_[var.get()] = simplified;
  domains_[var.get()] = int_set(simplified);
  if (value->dtype.is_integral()) comparisons_.bind(var, Range{value, make_int(1, value->dtype)});
}

const Expr* Analysis::value_of(const VarNode* var) const {
  const auto value = values_.find(var);
  return value == values_.end() ? nullptr : &value->second;
}

void Analysis::enter(const Expr& condition) {
  marks_.push_back({bounds_.facts(), residues_.facts(), literals_.size(), domain_constraints_.size(), comparisons_.facts()});
  bounds_.enter(condition);
  residues_.enter(condition);
  add_literals(rewrite_.visit(condition));
  collect_domain_constraints(condition, domain_constraints_);
  comparisons_.enter(condition);
}

void Analysis::leave() {
  const Mark mark = marks_.back();
  marks_.pop_back();
  bounds_.restore(mark.bounds);
  residues_.restore(mark.residues);
  literals_.resize(mark.literals);
  domain_constraints_.resize(mark.sets);
  comparisons_.restore(mark.comparisons);
}

void Analysis::add_literals(const Expr& condition) {
  if (condition->kind == ExprKind::And) {
    add_literals(get<Binary>(condition).a);
    add_literals(get<Binary>(condition).b);
  } else if (effect(condition) == Effect::Pure) {
    literals_.push_back(condition);
    literals_.push_back(std::make_shared<const Not>(negate_condition(condition)));
  }
}

IntSet Analysis::int_set(const Expr& e) { return IntervalEvaluator(*this, domains_, &domain_constraints_).evaluate(e); }

Expr Analysis::simplify(const Expr& e, int steps) {
  // The canonical form first: rewriting may destroy structure that it needs.
  Expr simplified = canonical_simplify(e);
  for (int i = 0; i < steps && !as<IntImm>(simplified); ++i)
    simplified = i % 2 == 0 ? rewrite_simplify(simplified) : canonical_simplify(simplified);
  return simplified;
}

bool Analysis::can_prove(const Expr& condition, ProofStrength strength) {
  if (const IntImm* constant = as<IntImm>(condition)) return constant->value != 0;
  if (is_refuted(condition)) return false;
  const Expr simplified = simplify(condition);
  if (const IntImm* constant = as<IntImm>(simplified)) return constant->value != 0;
  if (strength == ProofStrength::Default) return false;
  constexpr int64_t kMaxAssignments = 1 << 16;
  return proves_by_symbolic_bound(condition) ||
         holds_for_all_values(simplified, [this](const Expr& var) { return const_int_bound(var); }, kMaxAssignments);
}

// An assignment makes it false. Not looked for under constraints, which the assignment may violate, nor for what stands for something else.
// A variable without bounds can be 0 where no other one's bounds speak of it.
bool Analysis::is_refuted(const Expr& condition) {
  if (!marks_.empty() || !values_.empty()) return false;
  const auto bound_of = [this](const Expr& var) {
    ConstIntBound bound = const_int_bound(var);
    if (domains_.empty() && bound.min <= INT32_MIN) bound.min = std::min<int64_t>(bound.max, 0);
    return bound;
  };
  return value_at_least_values(condition, bound_of) == false;
}

// a < b where the least that b - a can be, in terms of the variables that are not bound, is positive.
bool Analysis::proves_by_symbolic_bound(const Expr& condition) {
  if (!is_comparison(condition->kind) || condition->kind == ExprKind::EQ || condition->kind == ExprKind::NE) return false;
  const Binary& op = get<Binary>(condition);
  if (!op.a->dtype.is_integral()) return false;
  const bool less = op.kind == ExprKind::LT || op.kind == ExprKind::LE;
  const bool strict = op.kind == ExprKind::LT || op.kind == ExprKind::GT;
  const IntSet distance = int_set(simplify(less ? sub(op.b, op.a) : sub(op.a, op.b)));
  return distance.min && const_int_bound(simplify(distance.min)).min >= (strict ? 1 : 0);
}

bool Analysis::can_prove_equal(const Expr& a, const Expr& b) {
  if (const auto answer = plainly_equal(a, b)) return *answer;
  const Expr difference = sub(a, b);
  return can_prove(eq(difference, make_int(0, difference->dtype)));
}

bool Analysis::can_prove_less(const Expr& e, int64_t upper) {
  if (const IntImm* constant = as<IntImm>(e)) return constant->value < upper;
  return const_int_bound(rewrite_simplify(e)).max < upper;
}

bool Analysis::can_prove_greater_equal(const Expr& e, int64_t lower) {
  if (const IntImm* constant = as<IntImm>(e)) return constant->value >= lower;
  return const_int_bound(rewrite_simplify(e)).min >= lower;
}

}  // namespace loopglass::arith
