#include "engine/ir/op.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/ir/fold.h"
#include "engine/support/check.h"

namespace loopglass::ir {
namespace {

// An integer as a constant of the type holds it: cut to the type's bits, sign-extended where the type is signed.
int64_t wrap(int64_t value, DataType type) {
  if (type.bits >= 64) return value;
  const uint64_t mask = (uint64_t{1} << type.bits) - 1;
  uint64_t bits = static_cast<uint64_t>(value) & mask;
  if (type.is_int() && (bits >> (type.bits - 1)) != 0) bits |= ~mask;
  return static_cast<int64_t>(bits);
}

int64_t wrapping_add(int64_t a, int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b)); }
int64_t wrapping_sub(int64_t a, int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b)); }
int64_t wrapping_mul(int64_t a, int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b)); }
// INT64_MIN / -1 does not fit; it wraps like the other operators.
int64_t truncated_quotient(int64_t a, int64_t b) { return b == -1 ? wrapping_sub(0, a) : a / b; }
int64_t truncated_remainder(int64_t a, int64_t b) { return b == -1 ? 0 : a % b; }
int64_t floored_quotient(int64_t a, int64_t b) {
  const int64_t q = truncated_quotient(a, b), r = truncated_remainder(a, b);
  return r != 0 && (r < 0) != (b < 0) ? q - 1 : q;
}
int64_t floored_remainder(int64_t a, int64_t b) {
  const int64_t r = truncated_remainder(a, b);
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

// Constants of the types that shapes and indices have fold everywhere; others only where TVM folds them too.
bool is_index_type(DataType t) { return t.is_int() && (t.bits == 32 || t.bits == 64) && t.is_scalar(); }

Expr int_constant(DataType type, int64_t value) { return make_int(wrap(value, type), type); }

// A float32 operation is rounded to float32, a float64 one is exact in double; narrower floats do not fold (null).
template <class F>
Expr fold_float(const FloatImm& a, const FloatImm& b, F f) {
  if (a.dtype.bits == 32)
    return make_float(static_cast<double>(f(static_cast<float>(a.value), static_cast<float>(b.value))), a.dtype);
  if (a.dtype.bits == 64) return make_float(f(a.value, b.value), a.dtype);
  return nullptr;
}

bool is_value(const IntImm* e, int64_t value) { return e && e->value == value; }
bool is_value(const FloatImm* e, double value) { return e && e->value == value; }

// Both sides, and what they are where they are constants.
struct Operands {
  const Expr& a;
  const Expr& b;
  const IntImm *int_a, *int_b;
  const FloatImm *float_a, *float_b;
  Operands(const Expr& a, const Expr& b)
      : a(a), b(b), int_a(as<IntImm>(a)), int_b(as<IntImm>(b)), float_a(as<FloatImm>(a)), float_b(as<FloatImm>(b)) {}
  bool ints() const { return int_a && int_b; }
  bool floats() const { return float_a && float_b; }
};

// Each fold gives null where TVM keeps the operator. A division by a constant zero is kept: it is the program's error,
// reported where the program is read.
Expr fold_add(const Operands& o) {
  if (o.ints()) return int_constant(o.a->dtype, wrapping_add(o.int_a->value, o.int_b->value));
  if (is_value(o.int_a, 0)) return o.b;
  if (is_value(o.int_b, 0)) return o.a;
  if (o.floats())
    if (Expr sum = fold_float(*o.float_a, *o.float_b, [](auto x, auto y) { return x + y; })) return sum;
  if (is_value(o.float_a, 0)) return o.b;
  if (is_value(o.float_b, 0)) return o.a;
  return nullptr;
}

Expr fold_sub(const Operands& o) {
  if (o.ints()) return int_constant(o.a->dtype, wrapping_sub(o.int_a->value, o.int_b->value));
  if (is_value(o.int_b, 0)) return o.a;
  if (o.floats())
    if (Expr difference = fold_float(*o.float_a, *o.float_b, [](auto x, auto y) { return x - y; })) return difference;
  if (is_value(o.float_b, 0)) return o.a;
  return nullptr;
}

Expr fold_mul(const Operands& o) {
  if (o.ints()) return int_constant(o.a->dtype, wrapping_mul(o.int_a->value, o.int_b->value));
  if (is_value(o.int_a, 1)) return o.b;
  if (is_value(o.int_a, 0)) return o.a;
  if (is_value(o.int_b, 1)) return o.a;
  if (is_value(o.int_b, 0)) return o.b;
  if (o.floats())
    if (Expr product = fold_float(*o.float_a, *o.float_b, [](auto x, auto y) { return x * y; })) return product;
  if (is_value(o.float_a, 1)) return o.b;
  if (is_value(o.float_a, 0)) return o.a;
  if (is_value(o.float_b, 1)) return o.a;
  if (is_value(o.float_b, 0)) return o.b;
  return nullptr;
}

bool divides_by_zero(const Operands& o) { return is_value(o.int_b, 0) || is_value(o.float_b, 0); }

// What Div and FloorDiv share: `quotient` of two integers, `float_quotient` of two floats.
template <class F, class G>
Expr fold_quotient(const Operands& o, F quotient, G float_quotient) {
  if (divides_by_zero(o)) return nullptr;
  if (o.ints()) return int_constant(o.a->dtype, quotient(o.int_a->value, o.int_b->value));
  if (is_value(o.int_a, 0) || is_value(o.int_b, 1)) return o.a;
  if (o.floats())
    if (Expr folded = fold_float(*o.float_a, *o.float_b, float_quotient)) return folded;
  if (is_value(o.float_a, 0) || is_value(o.float_b, 1)) return o.a;
  return nullptr;
}

template <class F>
Expr fold_remainder(const Operands& o, F remainder) {
  if (!is_index_type(o.a->dtype) || divides_by_zero(o)) return nullptr;
  if (o.ints()) return int_constant(o.a->dtype, remainder(o.int_a->value, o.int_b->value));
  if (is_value(o.int_a, 0)) return o.a;
  if (is_value(o.int_b, 1)) return make_int(0, o.a->dtype);
  return nullptr;
}

Expr fold_floormod(const Operands& o) {
  if (o.a->dtype.is_uint() && o.ints() && o.int_b->value != 0)
    return int_constant(o.a->dtype, static_cast<int64_t>(static_cast<uint64_t>(o.int_a->value) % static_cast<uint64_t>(o.int_b->value)));
  return fold_remainder(o, floored_remainder);
}

template <class F>
Expr fold_extremum(const Operands& o, F pick) {
  if (o.ints()) return make_int(pick(o.int_a->value, o.int_b->value), o.a->dtype);
  if (o.floats()) return make_float(pick(o.float_a->value, o.float_b->value), o.a->dtype);
  return o.a == o.b ? o.a : nullptr;
}

template <class F>
Expr fold_comparison(const Operands& o, F holds) {
  if (o.ints()) return make_bool(holds(o.int_a->value, o.int_b->value));
  if (o.floats()) return make_bool(holds(o.float_a->value, o.float_b->value));
  return nullptr;
}

// `neutral` is the constant that leaves the other side as it is: true for And, false for Or.
Expr fold_logical(const Operands& o, bool neutral) {
  if (o.int_a) return (o.int_a->value != 0) == neutral ? o.b : o.a;
  if (o.int_b) return (o.int_b->value != 0) == neutral ? o.a : o.b;
  return nullptr;
}

Expr try_fold(ExprKind kind, const Operands& o) {
  switch (kind) {
    case ExprKind::Add: return fold_add(o);
    case ExprKind::Sub: return fold_sub(o);
    case ExprKind::Mul: return fold_mul(o);
    case ExprKind::Div: return fold_quotient(o, truncated_quotient, [](auto x, auto y) { return x / y; });
    case ExprKind::FloorDiv: return fold_quotient(o, floored_quotient, [](auto x, auto y) { return std::floor(x / y); });
    case ExprKind::Mod: return fold_remainder(o, truncated_remainder);
    case ExprKind::FloorMod: return fold_floormod(o);
    case ExprKind::Min: return fold_extremum(o, [](auto x, auto y) { return std::min(x, y); });
    case ExprKind::Max: return fold_extremum(o, [](auto x, auto y) { return std::max(x, y); });
    case ExprKind::EQ: return fold_comparison(o, [](auto x, auto y) { return x == y; });
    case ExprKind::NE: return fold_comparison(o, [](auto x, auto y) { return x != y; });
    case ExprKind::LT: return fold_comparison(o, [](auto x, auto y) { return x < y; });
    case ExprKind::LE: return fold_comparison(o, [](auto x, auto y) { return x <= y; });
    case ExprKind::GT: return fold_comparison(o, [](auto x, auto y) { return x > y; });
    case ExprKind::GE: return fold_comparison(o, [](auto x, auto y) { return x >= y; });
    case ExprKind::And: return fold_logical(o, true);
    case ExprKind::Or: return fold_logical(o, false);
    default: CHECK(false, "fold_binary: not a binary operator"); return nullptr;
  }
}

bool is_number(DataType t) { return t.is_integral() || t.is_float() || t.is_bool(); }

DataType common_element(DataType a, DataType b) {
  const auto is_ieee = [](DataType t) { return t.code == TypeCode::Float; };
  if (is_ieee(a) || is_ieee(b)) {
    if (is_ieee(a) && is_ieee(b)) return a.bits < b.bits ? b : a;
    return is_ieee(a) ? a : b;
  }
  if (a.is_float() || b.is_float()) return a.is_float() ? a : b;
  if (a.is_bool() || b.is_bool()) return a.is_bool() ? b : a;
  if (a.bits != b.bits) return a.bits < b.bits ? b : a;
  return a.is_uint() ? a : b;
}

// The float constants of integers too large for a double's 53 bits lose the same bits as TVM's.
Expr cast_constant(DataType to, const Expr& e) {
  if (const auto* i = as<IntImm>(e)) {
    if (to.is_float()) {
      const bool is_big_unsigned = i->dtype.is_uint() && i->value < 0;
      return make_float(is_big_unsigned ? static_cast<double>(static_cast<uint64_t>(i->value)) : static_cast<double>(i->value), to);
    }
    if (to.is_bool()) return make_bool(i->value != 0);
    if (to.is_integral()) return int_constant(to, i->value);
  }
  if (const auto* f = as<FloatImm>(e)) {
    if (to.is_float()) return make_float(f->value, to);
    const double limit = 9223372036854775808.0;
    if (!(f->value >= -limit && f->value < limit)) return nullptr;  // no integer stands for it
    if (to.is_bool()) return make_bool(f->value != 0);
    if (to.is_integral()) return int_constant(to, static_cast<int64_t>(f->value));
  }
  return nullptr;
}

Expr cast_scalar(DataType to, Expr a) {
  if (a->dtype == to) return a;
  if (Expr folded = cast_constant(to, a)) return folded;
  return std::make_shared<const Cast>(to, std::move(a));
}

}  // namespace

std::optional<DataType> common_type(DataType a, DataType b) {
  if (a == b) return a;
  if (!is_number(a) || !is_number(b)) return std::nullopt;
  if (a.lanes != b.lanes && a.lanes != 1 && b.lanes != 1) return std::nullopt;
  return common_element(a, b).with_lanes(std::max(a.lanes, b.lanes));
}

Expr try_fold_binary(ExprKind kind, const Expr& a, const Expr& b) { return try_fold(kind, Operands(a, b)); }

Expr fold_binary(ExprKind kind, Expr a, Expr b) {
  if (a->dtype != b->dtype) {
    const std::optional<DataType> type = common_type(a->dtype, b->dtype);
    CHECK(type, "fold_binary: the two sides have no common type");
    a = cast(*type, std::move(a));
    b = cast(*type, std::move(b));
  }
  if (Expr folded = try_fold(kind, Operands(a, b))) return folded;
  return make_binary(kind, std::move(a), std::move(b));
}

Expr add(Expr a, Expr b) { return fold_binary(ExprKind::Add, std::move(a), std::move(b)); }
Expr sub(Expr a, Expr b) { return fold_binary(ExprKind::Sub, std::move(a), std::move(b)); }
Expr mul(Expr a, Expr b) { return fold_binary(ExprKind::Mul, std::move(a), std::move(b)); }
Expr div(Expr a, Expr b) { return fold_binary(ExprKind::Div, std::move(a), std::move(b)); }
Expr truncmod(Expr a, Expr b) { return fold_binary(ExprKind::Mod, std::move(a), std::move(b)); }
Expr floordiv(Expr a, Expr b) { return fold_binary(ExprKind::FloorDiv, std::move(a), std::move(b)); }
Expr floormod(Expr a, Expr b) { return fold_binary(ExprKind::FloorMod, std::move(a), std::move(b)); }
Expr min(Expr a, Expr b) { return fold_binary(ExprKind::Min, std::move(a), std::move(b)); }
Expr max(Expr a, Expr b) { return fold_binary(ExprKind::Max, std::move(a), std::move(b)); }
Expr eq(Expr a, Expr b) { return fold_binary(ExprKind::EQ, std::move(a), std::move(b)); }
Expr ne(Expr a, Expr b) { return fold_binary(ExprKind::NE, std::move(a), std::move(b)); }
Expr lt(Expr a, Expr b) { return fold_binary(ExprKind::LT, std::move(a), std::move(b)); }
Expr le(Expr a, Expr b) { return fold_binary(ExprKind::LE, std::move(a), std::move(b)); }
Expr gt(Expr a, Expr b) { return fold_binary(ExprKind::GT, std::move(a), std::move(b)); }
Expr ge(Expr a, Expr b) { return fold_binary(ExprKind::GE, std::move(a), std::move(b)); }
Expr logical_and(Expr a, Expr b) { return fold_binary(ExprKind::And, std::move(a), std::move(b)); }
Expr logical_or(Expr a, Expr b) { return fold_binary(ExprKind::Or, std::move(a), std::move(b)); }

Expr logical_not(Expr a) {
  if (const auto* i = as<IntImm>(a)) return make_bool(i->value == 0);
  return std::make_shared<const Not>(std::move(a));
}

Expr neg(Expr a) {
  const DataType element = a->dtype.element();
  return mul(std::move(a), element.is_float() ? make_float(-1, element) : make_int(wrap(-1, element), element));
}

Expr cast(DataType to, Expr a) {
  if (a->dtype == to) return a;
  if (to.is_scalar()) return cast_scalar(to, std::move(a));
  if (a->dtype.is_scalar()) return std::make_shared<const Broadcast>(cast_scalar(to.element(), std::move(a)), to.lanes);
  CHECK(a->dtype.lanes == to.lanes, "cast: the numbers of lanes differ");
  if (const auto* broadcast = as<Broadcast>(a))
    return std::make_shared<const Broadcast>(cast_scalar(to.element(), broadcast->value), to.lanes);
  if (const auto* ramp = as<Ramp>(a); ramp && to.is_integral())
    return std::make_shared<const Ramp>(cast_scalar(to.element(), ramp->base), cast_scalar(to.element(), ramp->stride), to.lanes);
  return std::make_shared<const Cast>(to, std::move(a));
}

Expr select(Expr condition, Expr true_value, Expr false_value) {
  const std::optional<DataType> type = common_type(true_value->dtype, false_value->dtype);
  CHECK(type, "select: the two values have no common type");
  return std::make_shared<const Select>(std::move(condition), cast(*type, std::move(true_value)), cast(*type, std::move(false_value)));
}

Expr if_then_else(Expr condition, Expr true_value, Expr false_value) {
  const std::optional<DataType> type = common_type(true_value->dtype, false_value->dtype);
  CHECK(type, "if_then_else: the two values have no common type");
  Expr t = cast(*type, std::move(true_value)), f = cast(*type, std::move(false_value));
  if (const auto* c = as<IntImm>(condition)) return c->value != 0 ? t : f;
  return make_call(*type, "if_then_else", {std::move(condition), std::move(t), std::move(f)});
}

Expr likely(Expr condition) {
  if (as<IntImm>(condition)) return condition;
  const DataType type = condition->dtype;
  return make_call(type, "likely", {std::move(condition)});
}

Expr ceildiv(Expr a, Expr b) {
  Expr rounded_up = sub(add(std::move(a), b), make_int(1));
  return floordiv(std::move(rounded_up), std::move(b));
}

}  // namespace loopglass::ir
