#include "engine/arith/iter_constraint.h"

#include <algorithm>

#include "engine/arith/analysis.h"
#include "engine/ir/op.h"
#include "engine/ir/visitor.h"

namespace loopglass::arith {
namespace {

using namespace ir;

constexpr ExprKind kInequalities[] = {ExprKind::LT, ExprKind::LE, ExprKind::GT, ExprKind::GE};

// The comparison that TVM takes off a conjunction next, and what remains (null: nothing): the right side before the left, < before <= before
// > before >=. A null comparison where neither side is one.
struct Conjunct {
  Expr comparison, rest;
};
Conjunct next_conjunct(const Expr& predicate) {
  for (ExprKind kind : kInequalities) {
    if (predicate->kind == kind) return {predicate, nullptr};
    if (predicate->kind != ExprKind::And) continue;
    const Binary& both = get<Binary>(predicate);
    if (both.b->kind == kind) return {both.b, both.a};
    if (both.a->kind == kind) return {both.a, both.b};
  }
  return {};
}

class ConstraintMatcher {
 public:
  explicit ConstraintMatcher(const VarRanges& iters) { result_.ranges = iters; }

  void match(const Binary& comparison) {
    Expr left = comparison.a, right = comparison.b;
    if (!varies(left) && !varies(right)) return;
    const bool bound_at_left = !varies(left);
    if (!bound_at_left && varies(right)) separate(left, right);
    const bool greater = comparison.kind == ExprKind::GT || comparison.kind == ExprKind::GE;
    const bool inclusive = comparison.kind == ExprKind::LE || comparison.kind == ExprKind::GE;
    const Expr& bound = bound_at_left ? left : right;
    const Expr& iter = bound_at_left ? right : left;
    const Expr next = add(bound, make_int(1, bound->dtype));
    const bool is_upper = greater == bound_at_left;
    if (is_upper) constrain(iter, nullptr, inclusive ? next : bound);
    else constrain(iter, inclusive ? bound : next, nullptr);
  }

  IterConstraints finish() {
    std::stable_sort(result_.constraints.begin(), result_.constraints.end(),
                     [](const IterConstraint& a, const IterConstraint& b) { return size_of(a.iter) < size_of(b.iter); });
    return std::move(result_);
  }

 private:
  static int size_of(const Expr& e) {
    int size = 0;
    for_each_expr(e, [&](const Expr&) { ++size; });
    return size;
  }

  bool varies(const Expr& e) const {
    return uses_var(e, [&](const VarNode* v) {
      return std::any_of(result_.ranges.begin(), result_.ranges.end(), [&](const auto& entry) { return entry.first.get() == v; });
    });
  }

  // Brings the summands with iterators to the left, the others to the right.
  void separate(Expr& left, Expr& right) const {
    const Expr difference = sub(left, right);
    left = right = make_int(0);
    collect_summands(difference, true, left, right);
    Analysis analysis;
    left = analysis.simplify(left);
    right = analysis.simplify(right);
  }

  void collect_summands(const Expr& part, bool positive, Expr& left, Expr& right) const {
    if (part->kind == ExprKind::Add || part->kind == ExprKind::Sub) {
      collect_summands(get<Binary>(part).a, positive, left, right);
      collect_summands(get<Binary>(part).b, positive == (part->kind == ExprKind::Add), left, right);
    } else if (varies(part)) {
      left = positive ? add(left, part) : sub(left, part);
    } else {
      right = positive ? sub(right, part) : add(right, part);
    }
  }

  void constrain(const Expr& iter, const Expr& lower, const Expr& upper) {
    if (iter->kind != ExprKind::Var) {
      result_.constraints.push_back({iter, lower, upper});
      return;
    }
    for (auto& [var, range] : result_.ranges) {
      if (var.get() != &get<VarNode>(iter)) continue;
      Expr min = range.min, end = add(range.min, range.extent);
      if (lower) min = ir::max(min, lower);
      if (upper) end = ir::min(end, upper);
      range = {min, sub(end, min)};
    }
  }

  IterConstraints result_;
};

}  // namespace

std::optional<IterConstraints> match_bound_constraints(const Expr& predicate, const VarRanges& iters) {
  ConstraintMatcher matcher(iters);
  for (Expr rest = predicate && is_one(predicate) ? nullptr : predicate; rest;) {
    const Conjunct next = next_conjunct(rest);
    if (!next.comparison || !get<Binary>(next.comparison).a->dtype.is_integral()) return std::nullopt;
    matcher.match(get<Binary>(next.comparison));
    rest = next.rest;
  }
  return matcher.finish();
}

}  // namespace loopglass::arith
