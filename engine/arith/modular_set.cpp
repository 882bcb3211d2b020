#include "engine/arith/modular_set.h"

#include <bit>
#include <ranges>

#include "engine/arith/analysis.h"
#include "engine/support/integer.h"

namespace loopglass::arith {
namespace {

using namespace ir;

constexpr ModularSet kEverything{1, 0};

ModularSet make_set(int64_t coeff, int64_t base) {
  if (coeff < 0) {
    coeff = -coeff;
    base = -base;
  }
  return {coeff, coeff != 0 ? floor_mod(base, coeff) : base};
}

ModularSet unite(ModularSet a, ModularSet b) {
  const int64_t coeff = gcd(a.coeff, b.coeff);
  if (coeff == 0) return a.base == b.base ? a : kEverything;
  const int64_t base_a = a.base % coeff, base_b = b.base % coeff;
  if (base_a == base_b) return make_set(coeff, base_a);
  return make_set(gcd(gcd(base_a, base_b), coeff), base_a);
}

// The values in both: by the Chinese remainder theorem. Disjoint sets give the constant 1, as TVM does.
ModularSet intersect(ModularSet a, ModularSet b) {
  const Bezout bezout = extended_euclid(a.coeff, b.coeff);
  const int64_t distance = b.base - a.base;
  if (bezout.gcd == 0 || distance % bezout.gcd != 0) return {0, 1};
  return make_set(a.coeff / bezout.gcd * b.coeff, distance / bezout.gcd * bezout.x * a.coeff + a.base);
}

}  // namespace

ModularSet ModularSetAnalysis::visit(const Expr& e) {
  switch (e->kind) {
    case ExprKind::IntImm: return {0, get<IntImm>(e).value};
    case ExprKind::Var: {
      auto known = vars_.find(&get<VarNode>(e));
      return known != vars_.end() ? known->second : kEverything;
    }
    case ExprKind::Cast: return visit(get<Cast>(e).value);
    case ExprKind::Select: return unite(visit(get<Select>(e).true_value), visit(get<Select>(e).false_value));
    case ExprKind::Let: {
      const Let& let = get<Let>(e);
      const bool is_new = vars_.try_emplace(let.var.get(), visit(let.value)).second;
      const ModularSet set = visit(let.body);
      if (is_new) vars_.erase(let.var.get());
      return set;
    }
    case ExprKind::Call: return visit_call(get<Call>(e));
    default: return Binary::is(e->kind) ? visit_binary(get<Binary>(e)) : kEverything;
  }
}

ModularSet ModularSetAnalysis::visit_binary(const Binary& op) {
  switch (op.kind) {
    case ExprKind::Add: case ExprKind::Sub: case ExprKind::Mul: case ExprKind::Min: case ExprKind::Max: break;
    case ExprKind::Div: case ExprKind::FloorDiv: case ExprKind::Mod: case ExprKind::FloorMod: {
      const ModularSet divisor = visit(op.b);
      if (divisor.coeff != 0 || divisor.base == 0) return kEverything;
      const bool floors = op.kind == ExprKind::FloorDiv || op.kind == ExprKind::FloorMod;
      const bool is_quotient = op.kind == ExprKind::Div || op.kind == ExprKind::FloorDiv;
      return is_quotient ? divide(op.a, divisor.base, floors) : remainder(op.a, divisor.base, floors);
    }
    default: return kEverything;
  }
  const ModularSet a = visit(op.a), b = visit(op.b);
  switch (op.kind) {
    case ExprKind::Add: return make_set(gcd(a.coeff, b.coeff), wrapping_add(a.base, b.base));
    case ExprKind::Sub: return make_set(gcd(a.coeff, b.coeff), wrapping_sub(a.base, b.base));
    case ExprKind::Mul: {  // (px + n)(qy + m) = pq xy + pm x + qn y + nm
      const int64_t pq = wrapping_mul(a.coeff, b.coeff), pm = wrapping_mul(a.coeff, b.base), qn = wrapping_mul(a.base, b.coeff);
      return make_set(gcd(pq, gcd(pm, qn)), wrapping_mul(a.base, b.base));
    }
    default: return unite(a, b);
  }
}

ModularSet ModularSetAnalysis::divide(const Expr& dividend, int64_t divisor, bool floors) {
  const ModularSet a = visit(dividend);
  if (a.coeff % divisor != 0) return kEverything;
  if (a.base == 0) return make_set(std::abs(a.coeff / divisor), 0);
  if (a.base > 0 && divisor > 0 && (floors || parent_.can_prove_greater_equal(dividend, 0)))
    return make_set(a.coeff / divisor, a.base / divisor);
  return kEverything;
}

ModularSet ModularSetAnalysis::remainder(const Expr& dividend, int64_t divisor, bool floors) {
  const ModularSet a = visit(dividend);
  const int64_t coeff = gcd(a.coeff, divisor);
  if (a.base % coeff == 0 || (a.base > 0 && (floors || parent_.can_prove_greater_equal(dividend, 0))))
    return make_set(coeff, a.base % coeff);
  return kEverything;
}

ModularSet ModularSetAnalysis::visit_call(const Call& op) {
  if (op.args.size() != 2) return kEverything;
  const ModularSet b = visit(op.args[1]);
  if (b.coeff != 0 || b.base < 0) return kEverything;
  if (op.op == "bitwise_and") {
    const bool is_mask = std::has_single_bit(static_cast<uint64_t>(b.base) + 1);
    return is_mask ? remainder(op.args[0], wrapping_add(b.base, 1), true) : kEverything;
  }
  if (b.base >= 62) return kEverything;
  if (op.op == "shift_right") return divide(op.args[0], int64_t{1} << b.base, true);
  if (op.op == "shift_left") {
    const ModularSet a = visit(op.args[0]);
    return make_set(wrapping_mul(a.coeff, int64_t{1} << b.base), wrapping_mul(a.base, int64_t{1} << b.base));
  }
  return kEverything;
}

void ModularSetAnalysis::narrow(const VarNode* var, ModularSet set) {
  auto [known, is_new] = vars_.try_emplace(var, kEverything);
  replaced_.emplace_back(var, known->second);
  known->second = intersect(known->second, set);
}

void ModularSetAnalysis::restore(size_t facts) {
  while (replaced_.size() > facts) {
    vars_[replaced_.back().first] = replaced_.back().second;
    replaced_.pop_back();
  }
}

void ModularSetAnalysis::enter(const Expr& condition) {
  if (condition->kind != ExprKind::EQ) return;
  const Binary& equal = get<Binary>(condition);
  const IntImm* base = as<IntImm>(equal.b);
  const bool is_remainder = equal.a->kind == ExprKind::FloorMod || equal.a->kind == ExprKind::Mod;
  if (!base || !is_remainder) return;
  const Binary& mod = get<Binary>(equal.a);
  const VarNode* var = as<VarNode>(mod.a);
  const IntImm* coeff = as<IntImm>(mod.b);
  if (var && coeff && coeff->value != 0) narrow(var, make_set(coeff->value, base->value));
}

}  // namespace loopglass::arith
