#include "engine/arith/const_int_bound.h"

#include <algorithm>
#include <bit>

#include "engine/arith/analysis.h"
#include "engine/support/integer.h"
#include "engine/ir/op.h"
#include "engine/ir/structural_equal.h"

namespace loopglass::arith {
namespace {

using namespace ir;

constexpr int64_t kPosInf = ConstIntBound::kPosInf;
constexpr int64_t kNegInf = ConstIntBound::kNegInf;

bool is_infinite(int64_t x) { return x == kPosInf || x == kNegInf; }

// Results beyond the infinities are the infinities. inf + -inf is not asked for.
int64_t saturating_add(int64_t x, int64_t y) {
  if (is_infinite(x)) return x;
  if (is_infinite(y)) return y;
  int64_t sum;
  if (__builtin_add_overflow(x, y, &sum) || sum < kNegInf) return x > 0 ? kPosInf : kNegInf;
  return sum;
}

int64_t saturating_mul(int64_t x, int64_t y) {
  int64_t product;
  if (!__builtin_mul_overflow(x, y, &product) && product >= kNegInf) return product;
  return (x > 0) == (y > 0) ? kPosInf : kNegInf;
}

int64_t saturating_trunc_div(int64_t x, int64_t y) { return is_infinite(x) ? (y > 0 ? x : -x) : trunc_div(x, y); }
int64_t saturating_floor_div(int64_t x, int64_t y) { return is_infinite(x) ? (y > 0 ? x : -x) : floor_div(x, y); }
int64_t saturating_shift_left(int64_t x, int64_t y) {
  if (is_infinite(x)) return x;
  const int bits = std::bit_width(static_cast<uint64_t>(x < 0 ? -x : x));
  return y < 64 && bits + y < 64 ? x << y : kPosInf;
}
int64_t saturating_shift_right(int64_t x, int64_t y) { return is_infinite(x) ? x : x >> std::clamp<int64_t>(y, 0, 63); }

// Keeps a lower end below +inf and an upper end above -inf.
ConstIntBound make_bound(int64_t min, int64_t max) {
  return {min == kPosInf ? min - 1 : min, max == kNegInf ? max + 1 : max};
}
ConstIntBound unite(ConstIntBound a, ConstIntBound b) { return {std::min(a.min, b.min), std::max(a.max, b.max)}; }
ConstIntBound intersect(ConstIntBound a, ConstIntBound b) { return {std::max(a.min, b.min), std::min(a.max, b.max)}; }
bool is_constant(ConstIntBound b, int64_t value) { return b.min == value && b.max == value; }

// Of an operation that is monotonic in each argument: the hull of the four corners.
template <class F>
ConstIntBound corners(ConstIntBound a, ConstIntBound b, F op) {
  const auto [min, max] = std::minmax({op(a.min, b.min), op(a.max, b.max), op(a.min, b.max), op(a.max, b.min)});
  return {min, max};
}

// A program that runs does not divide by zero; so a divisor that may be 0 or more is 1 or more (symbolic shapes).
ConstIntBound assume_no_zero(ConstIntBound divisor) {
  if (divisor.min == 0) divisor.min = 1;
  return divisor;
}

// Quotients are largest for the divisors nearest to 0, on both of its sides.
template <class F>
ConstIntBound divide(ConstIntBound a, ConstIntBound b, DataType type, F op) {
  if (b.min > b.max) return type_bound(type);
  if (b.min <= 0 && 0 <= b.max) {
    if (b.min == 0 && b.max == 0) return type_bound(type);
    const ConstIntBound everything = type_bound(type);
    const ConstIntBound negative = b.min < 0 ? corners(a, make_bound(b.min, -1), op) : everything;
    const ConstIntBound positive = b.max > 0 ? corners(a, make_bound(1, b.max), op) : everything;
    return unite(negative, positive);
  }
  return corners(a, b, op);
}

// Interval bound of a remainder by divisors > 0.
ConstIntBound remainder_interval(ConstIntBound a, ConstIntBound b, bool floors) {
  const int64_t largest = saturating_add(b.max, -1);
  if (a.min >= 0) return a.max < b.min ? a : make_bound(0, std::min(a.max, largest));
  if (floors) return make_bound(0, largest);
  if (a.max < 0) return a.min > -b.min ? a : make_bound(std::max(a.min, -largest), 0);
  return make_bound(std::max(a.min, -largest), std::min(std::max<int64_t>(a.max, 0), largest));
}

// What follows where the dividend is base modulo a divisor of the modulus: remainders are base + k * step.
ConstIntBound stepped_remainder(ConstIntBound a, int64_t modulus, int64_t step, int64_t base, bool floors) {
  base = floor_mod(base, step);
  const int64_t largest = modulus - step + base;
  if (floors || a.min >= 0) return make_bound(base, largest);
  const int64_t mirrored = (step - base) % step;
  return make_bound(-(modulus - step + mirrored), a.max < 0 ? -mirrored : largest);
}

}  // namespace

ConstIntBound type_bound(DataType type) {
  if (type.is_bool()) return {0, 1};
  if (!type.is_integral()) return {kNegInf, kPosInf};
  const int value_bits = type.bits - (type.is_int() ? 1 : 0);
  const int64_t max = value_bits >= 63 ? kPosInf : (int64_t{1} << value_bits) - 1;
  return {type.is_uint() ? 0 : (value_bits >= 63 ? kNegInf : -max - 1), max};
}

void ConstIntBoundAnalysis::bind(const VarNode* var, const Range& range) {
  const ConstIntBound min = visit(range.min), extent = visit(range.extent);
  vars_[var] = {min.min, saturating_add(min.max, saturating_add(extent.max, -1))};
}

ConstIntBound ConstIntBoundAnalysis::operator()(const Expr& e) { return visit(e); }

ConstIntBound ConstIntBoundAnalysis::visit(const Expr& e) {
  ConstIntBound bound;
  switch (e->kind) {
    case ExprKind::IntImm: bound = make_bound(get<IntImm>(e).value, get<IntImm>(e).value); break;
    case ExprKind::Var: {
      auto known = vars_.find(&get<VarNode>(e));
      bound = known != vars_.end() ? known->second : type_bound(e->dtype);
      break;
    }
    case ExprKind::Select: bound = unite(visit(get<Select>(e).true_value), visit(get<Select>(e).false_value)); break;
    case ExprKind::Cast: bound = intersect(visit(get<Cast>(e).value), type_bound(e->dtype)); break;
    case ExprKind::Broadcast: bound = visit(get<Broadcast>(e).value); break;
    case ExprKind::Ramp: {
      const Ramp& ramp = get<Ramp>(e);
      const Expr steps = make_int(e->dtype.lanes - 1, ramp.stride->dtype);
      bound = unite(visit(ramp.base), visit(add(ramp.base, mul(steps, ramp.stride))));
      break;
    }
    case ExprKind::Let: {
      const Let& let = get<Let>(e);
      const bool is_new = vars_.try_emplace(let.var.get(), visit(let.value)).second;
      bound = visit(let.body);
      if (is_new) vars_.erase(let.var.get());
      break;
    }
    case ExprKind::Call: bound = visit_call(get<Call>(e)); break;
    default:
      bound = Binary::is(e->kind) ? visit_binary(get<Binary>(e)) : type_bound(e->dtype);
  }
  for (const Fact& fact : facts_)
    if (structural_equal(e, fact.expr)) bound = intersect(bound, fact.bound);
  return bound;
}

ConstIntBound ConstIntBoundAnalysis::visit_binary(const Binary& op) {
  switch (op.kind) {
    case ExprKind::Add: case ExprKind::Sub: case ExprKind::Mul: case ExprKind::Div: case ExprKind::FloorDiv:
    case ExprKind::Mod: case ExprKind::FloorMod: case ExprKind::Min: case ExprKind::Max: break;
    default: return type_bound(op.dtype);
  }
  const ConstIntBound a = visit(op.a), b = visit(op.b);
  switch (op.kind) {
    case ExprKind::Add: return {saturating_add(a.min, b.min), saturating_add(a.max, b.max)};
    case ExprKind::Sub: return {saturating_add(a.min, -b.max), saturating_add(a.max, -b.min)};
    case ExprKind::Mul: return corners(a, b, saturating_mul);
    case ExprKind::Div: return divide(a, assume_no_zero(b), op.dtype, saturating_trunc_div);
    case ExprKind::FloorDiv: return divide(a, assume_no_zero(b), op.dtype, saturating_floor_div);
    case ExprKind::Mod: return visit_mod(op, false);
    case ExprKind::FloorMod: return visit_mod(op, true);
    case ExprKind::Min: return {std::min(a.min, b.min), std::min(a.max, b.max)};
    default: return {std::max(a.min, b.min), std::max(a.max, b.max)};
  }
}

ConstIntBound ConstIntBoundAnalysis::visit_mod(const Binary& op, bool floors) {
  const ConstIntBound a = visit(op.a), b = assume_no_zero(visit(op.b));
  if (b.min <= 0) {
    if (!floors || is_constant(b, 0)) return type_bound(op.dtype);
    const ConstIntBound signs = make_bound(std::min<int64_t>(0, saturating_add(b.min, 1)), std::max<int64_t>(0, saturating_add(b.max, -1)));
    return intersect(signs, type_bound(op.dtype));
  }
  const ConstIntBound interval = remainder_interval(a, b, floors);
  if (b.min != b.max) return interval;
  const ModularSet dividend = parent_.modular_set(op.a);
  const int64_t step = gcd(dividend.coeff, b.min);
  return step > 1 ? intersect(interval, stepped_remainder(a, b.min, step, dividend.base, floors)) : interval;
}

// Shifts and masks, which index computations use.
ConstIntBound ConstIntBoundAnalysis::visit_call(const Call& op) {
  if (op.args.size() != 2) return type_bound(op.dtype);
  if (op.op != "shift_right" && op.op != "shift_left" && op.op != "bitwise_and") return type_bound(op.dtype);
  const ConstIntBound a = visit(op.args[0]), b = visit(op.args[1]);
  if (op.op == "shift_right") return corners(a, b, saturating_shift_right);
  if (op.op == "shift_left") return a.min < 0 || b.min < 0 ? type_bound(op.dtype) : corners(a, b, saturating_shift_left);
  if (a.min >= 0 && b.min >= 0) return make_bound(0, std::min(a.max, b.max));
  if (b.min >= 0) return make_bound(0, b.max);
  return a.min >= 0 ? make_bound(0, a.max) : type_bound(op.dtype);
}

void ConstIntBoundAnalysis::enter(const Expr& condition) {
  if (condition->kind == ExprKind::And) {
    enter(get<Binary>(condition).a);
    enter(get<Binary>(condition).b);
    return;
  }
  if (!is_comparison(condition->kind)) return;
  Expr x = get<Binary>(condition).a, c = get<Binary>(condition).b;
  ExprKind kind = condition->kind;
  if (as<IntImm>(x)) {  // the constant to the right
    std::swap(x, c);
    switch (kind) {
      case ExprKind::LT: kind = ExprKind::GT; break;
      case ExprKind::LE: kind = ExprKind::GE; break;
      case ExprKind::GT: kind = ExprKind::LT; break;
      case ExprKind::GE: kind = ExprKind::LE; break;
      default: break;
    }
  }
  const IntImm* constant = as<IntImm>(c);
  if (!constant || as<IntImm>(x)) return;
  const int64_t value = constant->value;
  switch (kind) {
    case ExprKind::GE: facts_.push_back({x, make_bound(value, kPosInf)}); break;
    case ExprKind::GT: facts_.push_back({x, make_bound(saturating_add(value, 1), kPosInf)}); break;
    case ExprKind::LE: facts_.push_back({x, make_bound(kNegInf, value)}); break;
    case ExprKind::LT: facts_.push_back({x, make_bound(kNegInf, saturating_add(value, -1))}); break;
    case ExprKind::EQ: facts_.push_back({x, make_bound(value, value)}); break;
    default: break;
  }
}

}  // namespace loopglass::arith
