#include "engine/arith/enumeration.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "engine/support/integer.h"
#include "engine/ir/visitor.h"

namespace loopglass::arith {
namespace {

using namespace ir;

struct Domain {
  const VarNode* var;
  ConstIntBound bound;
  int64_t value;
};

class Enumerator {
 public:
  // Whether the domains of the condition's variables could be listed within the limit.
  bool list(const Expr& condition, const std::function<ConstIntBound(const Expr&)>& bound_of, int64_t limit) {
    bool listed = true;
    int64_t assignments = 1;
    for_each_expr(condition, [&](const Expr& e) {
      if (e->kind != ExprKind::Var || find(&get<VarNode>(e)) || !listed) return;
      const ConstIntBound bound = bound_of(e);
      const bool is_finite = bound.min != ConstIntBound::kNegInf && bound.max != ConstIntBound::kPosInf && bound.min <= bound.max;
      listed = is_finite && bound.max - bound.min < limit && (assignments *= bound.max - bound.min + 1) <= limit;
      domains_.push_back({&get<VarNode>(e), bound, bound.max});
    });
    return listed;
  }

  // Puts every variable at its least value; whether each has one.
  bool start_at_least(const Expr& condition, const std::function<ConstIntBound(const Expr&)>& bound_of) {
    bool known = true;
    for_each_expr(condition, [&](const Expr& e) {
      if (e->kind != ExprKind::Var || find(&get<VarNode>(e)) || !known) return;
      const ConstIntBound bound = bound_of(e);
      known = bound.min > INT32_MIN;
      domains_.push_back({&get<VarNode>(e), bound, bound.min});
    });
    return known;
  }

  // From the largest values down: there conditions that fail mostly fail first.
  bool next() {
    for (Domain& domain : domains_) {
      if (--domain.value >= domain.bound.min) return true;
      domain.value = domain.bound.max;
    }
    return false;
  }

  // Nothing for a division by zero, an overflow, or what is no integer arithmetic.
  std::optional<int64_t> evaluate(const Expr& e) const {
    if (const IntImm* imm = as<IntImm>(e)) return imm->value;
    if (const VarNode* var = as<VarNode>(e)) return find(var)->value;
    if (const Not* n = as<Not>(e)) {
      const auto a = evaluate(n->a);
      return a ? std::optional<int64_t>(*a == 0) : std::nullopt;
    }
    if (const Select* select = as<Select>(e)) {
      const auto condition = evaluate(select->condition);
      return condition ? evaluate(*condition != 0 ? select->true_value : select->false_value) : std::nullopt;
    }
    if (!Binary::is(e->kind)) return std::nullopt;
    const auto a = evaluate(get<Binary>(e).a), b = evaluate(get<Binary>(e).b);
    return a && b ? apply(e->kind, *a, *b) : std::nullopt;
  }

 private:
  const Domain* find(const VarNode* var) const {
    const auto domain = std::find_if(domains_.begin(), domains_.end(), [&](const Domain& d) { return d.var == var; });
    return domain == domains_.end() ? nullptr : &*domain;
  }

  static std::optional<int64_t> apply(ExprKind kind, int64_t a, int64_t b) {
    int64_t result;
    switch (kind) {
      case ExprKind::Add: return __builtin_add_overflow(a, b, &result) ? std::nullopt : std::optional(result);
      case ExprKind::Sub: return __builtin_sub_overflow(a, b, &result) ? std::nullopt : std::optional(result);
      case ExprKind::Mul: return __builtin_mul_overflow(a, b, &result) ? std::nullopt : std::optional(result);
      case ExprKind::Div: return b == 0 ? std::nullopt : std::optional(trunc_div(a, b));
      case ExprKind::Mod: return b == 0 ? std::nullopt : std::optional(trunc_mod(a, b));
      case ExprKind::FloorDiv: return b == 0 ? std::nullopt : std::optional(floor_div(a, b));
      case ExprKind::FloorMod: return b == 0 ? std::nullopt : std::optional(floor_mod(a, b));
      case ExprKind::Min: return std::min(a, b);
      case ExprKind::Max: return std::max(a, b);
      case ExprKind::EQ: return a == b;
      case ExprKind::NE: return a != b;
      case ExprKind::LT: return a < b;
      case ExprKind::LE: return a <= b;
      case ExprKind::GT: return a > b;
      case ExprKind::GE: return a >= b;
      case ExprKind::And: return a != 0 && b != 0;
      default: return a != 0 || b != 0;
    }
  }

  std::vector<Domain> domains_;
};

}  // namespace

std::optional<bool> value_at_least_values(const Expr& condition, const std::function<ConstIntBound(const Expr& var)>& bound_of) {
  Enumerator enumerator;
  if (!enumerator.start_at_least(condition, bound_of)) return std::nullopt;
  const auto value = enumerator.evaluate(condition);
  return value ? std::optional(*value != 0) : std::nullopt;
}

bool holds_for_all_values(const Expr& condition, const std::function<ConstIntBound(const Expr& var)>& bound_of, int64_t limit) {
  Enumerator enumerator;
  if (!enumerator.list(condition, bound_of, limit)) return false;
  do {
    if (enumerator.evaluate(condition).value_or(0) == 0) return false;
  } while (enumerator.next());
  return true;
}

}  // namespace loopglass::arith
