#include "engine/arith/canonical_simplify.h"

#include <utility>

#include "engine/arith/analysis.h"
#include "engine/support/integer.h"
#include "engine/arith/product.h"
#include "engine/ir/op.h"
#include "engine/ir/structural_equal.h"
#include "engine/support/check.h"

namespace loopglass::arith {
namespace {

using namespace ir;

std::optional<int64_t> constant_of(const CanonicalForm& form) {
  const Expr* e = std::get_if<Expr>(&form);
  return e ? as_int(*e) : std::nullopt;
}

// TVM's constant folding, of forms: what add, sub, ... give where a side is a constant that decides.
std::optional<CanonicalForm> fold_constants(ExprKind kind, const CanonicalForm& a, const CanonicalForm& b) {
  const std::optional<int64_t> x = constant_of(a), y = constant_of(b);
  if (x && y) {
    const bool divides = kind != ExprKind::Add && kind != ExprKind::Sub && kind != ExprKind::Mul;
    if (divides && *y == 0) return std::nullopt;
    return fold_binary(kind, std::get<Expr>(a), std::get<Expr>(b));
  }
  switch (kind) {
    case ExprKind::Add:
      if (x == 0) return b;
      return y == 0 ? std::optional(a) : std::nullopt;
    case ExprKind::Sub: return y == 0 ? std::optional(a) : std::nullopt;
    case ExprKind::Mul:
      if (x == 1 || y == 0) return b;
      return x == 0 || y == 1 ? std::optional(a) : std::nullopt;
    case ExprKind::Div: case ExprKind::FloorDiv: return x == 0 || y == 1 ? std::optional(a) : std::nullopt;
    default:
      if (x == 0) return a;
      return y == 1 ? std::optional<CanonicalForm>(make_int(0, type_of(a))) : std::nullopt;
  }
}

// The args whose scales the divisor divides, and the rest; the base goes with the first where it divides.
std::pair<SumForm, SumForm> separate_divisible(const SumForm& sum, int64_t divisor) {
  SumForm divisible{.dtype = sum.dtype, .args = {}}, rest{.dtype = sum.dtype, .args = {}};
  (sum.base % divisor == 0 ? divisible : rest).base = sum.base;
  for (const SplitForm& arg : sum.args) (arg.scale % divisor == 0 ? divisible : rest).args.push_back(arg);
  return {divisible, rest};
}

SplitForm with_mode(SplitForm split, bool floors) {
  if (split.floors == floors) return split;
  if (!split.agrees(floors)) split = to_split(split.to_expr());
  split.floors = floors;
  return split;
}

// a and b without the factors that they share, which are given as well; nothing where they share none. Of a symbolic b.
struct Reduced {
  Expr a, b, common;
};
std::optional<Reduced> cancel_common_factors(const Expr& a, const Expr& b) {
  if (as<IntImm>(b)) return std::nullopt;
  std::vector<Expr> factors;
  int64_t constant_a = 1, constant_b = 1;
  bool found = false;
  Expr rest_b = make_int(1, b->dtype), common = make_int(1, b->dtype);
  for_each_factor(a, [&](const Expr& f) {
    if (const IntImm* imm = as<IntImm>(f)) constant_a = wrapping_mul(constant_a, imm->value);
    else factors.push_back(f);
  });
  for_each_factor(b, [&](const Expr& f) {
    if (const IntImm* imm = as<IntImm>(f)) {
      constant_b = wrapping_mul(constant_b, imm->value);
      return;
    }
    for (Expr& factor : factors) {
      if (!factor || !structural_equal(f, factor)) continue;
      factor = nullptr;
      found = true;
      common = mul(common, f);
      return;
    }
    rest_b = mul(rest_b, f);
  });
  const int64_t divisor = gcd(constant_a, constant_b);
  if (!found && divisor <= 1) return std::nullopt;
  Expr rest_a = make_int(1, a->dtype);
  for (const Expr& factor : factors)
    if (factor) rest_a = mul(rest_a, factor);
  if (divisor == 0) return std::nullopt;
  return Reduced{mul(rest_a, make_int(constant_a / divisor, a->dtype)), mul(rest_b, make_int(constant_b / divisor, b->dtype)),
                 mul(common, make_int(divisor, b->dtype))};
}

}  // namespace

CanonicalForm CanonicalSimplifier::canonicalize(const Expr& e) {
  if (e->kind == ExprKind::LT) return canonicalize_less(e);
  if (!is_index_type(e->dtype)) return rewrite(e);
  switch (e->kind) {
    case ExprKind::Add: case ExprKind::Sub: return canonicalize_sum(get<Binary>(e));
    case ExprKind::Mul: return canonicalize_product(get<Binary>(e));
    case ExprKind::Div: return canonicalize_quotient(get<Binary>(e), false);
    case ExprKind::FloorDiv: return canonicalize_quotient(get<Binary>(e), true);
    case ExprKind::Mod: return canonicalize_remainder(get<Binary>(e), false);
    case ExprKind::FloorMod: return canonicalize_remainder(get<Binary>(e), true);
    case ExprKind::Cast: return canonicalize_cast(e);
    default: return rewrite(e);
  }
}

CanonicalForm CanonicalSimplifier::canonicalize_sum(const Binary& op) {
  const CanonicalForm a = canonicalize(op.a), b = canonicalize(op.b);
  if (auto folded = fold_constants(op.kind, a, b)) return *folded;
  SumForm sum = to_sum(a);
  sum.add(to_sum(b), op.kind == ExprKind::Add ? 1 : -1);
  return sum;
}

CanonicalForm CanonicalSimplifier::canonicalize_product(const Binary& op) {
  CanonicalForm a = canonicalize(op.a), b = canonicalize(op.b);
  if (auto folded = fold_constants(op.kind, a, b)) return *folded;
  if (constant_of(a)) std::swap(a, b);
  const std::optional<int64_t> factor = constant_of(b);
  if (!factor) return multiply_factors(to_expr(a), to_expr(b));
  if (SumForm* sum = std::get_if<SumForm>(&a)) {
    sum->multiply(*factor);
    return *sum;
  }
  SplitForm split = to_split(a);
  split.scale = wrapping_mul(split.scale, *factor);
  return split;
}

CanonicalForm CanonicalSimplifier::canonicalize_quotient(const Binary& op, bool floors) {
  const CanonicalForm a = canonicalize(op.a), b = canonicalize(op.b);
  if (auto folded = fold_constants(op.kind, a, b)) return *folded;
  if (const std::optional<int64_t> divisor = constant_of(b); divisor && *divisor > 0)
    return divide_by_constant(a, *divisor, floors);
  const Expr x = to_expr(a), y = to_expr(b);
  if (auto reduced = cancel_common_factors(x, y)) return fold_binary(op.kind, reduced->a, reduced->b);
  return make_binary(op.kind, x, y);
}

CanonicalForm CanonicalSimplifier::divide_by_constant(const CanonicalForm& a, int64_t divisor, bool floors) {
  if (const SumForm* sum = std::get_if<SumForm>(&a)) {
    auto [divisible, rest] = separate_divisible(*sum, divisor);
    if (rest.is_zero()) {
      divisible.divide(divisor);
      return divisible;
    }
    if (floors) return divide_sum(divisible, rest, divisor);
    // Truncation passes through a sum of which no part is negative.
    if (analysis_.can_prove_greater_equal(divisible.to_expr(), 0) && analysis_.can_prove_greater_equal(rest.to_expr(), 0)) {
      divisible.divide(divisor);
      const Expr remaining = rest.to_expr();
      if (const IntImm* constant = as<IntImm>(remaining)) divisible.base += constant->value / divisor;
      else if (compare(remaining, divisor) != CompareResult::LT)
        divisible.add(divide_split(to_split(remaining), divisor, false), 1);
      return divisible;
    }
    return divide_split(to_split(a), divisor, floors);
  }
  const ConstIntBound bound = analysis_.const_int_bound(to_expr(a));
  if (bound.min >= 0 && bound.max < divisor) return make_int(0, type_of(a));
  if (const SplitForm* split = std::get_if<SplitForm>(&a); split && floors)
    if (auto divided = divide_remainder(*split, divisor)) return *divided;
  return divide_split(to_split(a), divisor, floors);
}

// (divisible + rest) // divisor
SumForm CanonicalSimplifier::divide_sum(SumForm divisible, const SumForm& rest, int64_t divisor) {
  divisible.divide(divisor);
  const Expr remaining = rest.to_expr();
  if (const IntImm* constant = as<IntImm>(remaining)) {
    divisible.base += floor_div(constant->value, divisor);
  } else if (compare(remaining, divisor) != CompareResult::LT || !analysis_.can_prove_greater_equal(remaining, 0)) {
    divisible.add(divide_split(to_split(remaining), divisor, true), 1);
  }
  return divisible;
}

// (index % (m * divisor)) // divisor = (index // divisor) % m, where the index has a part that divides.
std::optional<Expr> CanonicalSimplifier::divide_remainder(const SplitForm& a, int64_t divisor) {
  const bool is_plain_remainder = a.lower == 1 && a.scale == 1 && a.upper != SplitForm::kNoUpper;
  if (!is_plain_remainder || a.upper % divisor != 0 || !a.agrees(true)) return std::nullopt;
  const CanonicalForm index = canonicalize(a.index);
  const SumForm* sum = std::get_if<SumForm>(&index);
  if (!sum) return std::nullopt;
  auto [divisible, rest] = separate_divisible(*sum, divisor);
  if (divisible.is_zero()) return std::nullopt;
  const Expr quotient = divide_sum(divisible, rest, divisor).to_expr();
  return visit(floormod(quotient, make_int(a.upper / divisor, a.dtype)));
}

SplitForm CanonicalSimplifier::divide_split(SplitForm a, int64_t divisor, bool floors) {
  a = with_mode(std::move(a), floors);
  if (a.scale % divisor == 0) {
    a.scale /= divisor;
    return a;
  }
  if (divisor % a.scale == 0) {
    const int64_t lower = a.lower * (divisor / a.scale);
    if (a.upper != SplitForm::kNoUpper && a.upper % lower != 0) {
      const bool is_smaller = a.upper > 0 ? a.upper <= lower : a.upper >= lower;  // both have the scale's sign
      if (is_smaller) return to_split(make_int(0, a.dtype));
      // The remainder becomes part of the index.
      const Expr upper = make_int(a.upper, a.dtype);
      a.index = floors ? floormod(a.index, upper) : truncmod(a.index, upper);
      a.upper = SplitForm::kNoUpper;
    }
    a.scale = 1;
    a.lower = lower;
    return a;
  }
  a = to_split(a.to_expr());
  a.lower *= divisor;
  a.floors = floors;
  return a;
}

CanonicalForm CanonicalSimplifier::canonicalize_remainder(const Binary& op, bool floors) {
  const CanonicalForm a = canonicalize(op.a), b = canonicalize(op.b);
  if (auto folded = fold_constants(op.kind, a, b)) return *folded;
  if (const std::optional<int64_t> divisor = constant_of(b); divisor && *divisor > 0)
    return remainder_by_constant(a, *divisor, floors);
  const Expr x = to_expr(a), y = to_expr(b);
  if (auto reduced = cancel_common_factors(x, y)) return mul(fold_binary(op.kind, reduced->a, reduced->b), reduced->common);
  return make_binary(op.kind, x, y);
}

CanonicalForm CanonicalSimplifier::remainder_by_constant(const CanonicalForm& a, int64_t divisor, bool floors) {
  if (const SumForm* sum = std::get_if<SumForm>(&a))
    return floors ? remainder_of_sum_floored(*sum, divisor) : remainder_of_sum_truncated(*sum, divisor);
  const ConstIntBound bound = analysis_.const_int_bound(to_expr(a));
  if (bound.min >= 0 && bound.max < divisor) return a;
  return remainder_of_split(to_split(a), divisor, floors);
}

CanonicalForm CanonicalSimplifier::remainder_of_sum_floored(const SumForm& a, int64_t divisor) {
  SumForm rest = separate_divisible(a, divisor).second;
  const Expr remaining = rest.to_expr();
  if (as<IntImm>(remaining)) return floormod(remaining, make_int(divisor, remaining->dtype));
  if (compare(remaining, divisor) == CompareResult::LT && analysis_.can_prove_greater_equal(remaining, 0)) return remaining;
  rest.base = floor_mod(rest.base, divisor);
  return remainder_of_split(to_split(rest), divisor, true);
}

CanonicalForm CanonicalSimplifier::remainder_of_sum_truncated(SumForm a, int64_t divisor) {
  auto [divisible, rest] = separate_divisible(a, divisor);
  if (rest.is_zero()) return make_int(0, a.dtype);
  if (analysis_.can_prove_greater_equal(divisible.to_expr(), 0) && analysis_.can_prove_greater_equal(rest.to_expr(), 0)) {
    const Expr remaining = rest.to_expr();
    if (as<IntImm>(remaining)) return truncmod(remaining, make_int(divisor, remaining->dtype));
    if (compare(remaining, divisor) == CompareResult::LT) return remaining;
    a = rest;
  }
  // The constant may be reduced where that leaves nothing negative.
  const ConstIntBound bound = analysis_.const_int_bound(a.to_expr());
  const int64_t base = a.base % divisor;
  if (bound.min >= 0 && bound.min - a.base + base >= 0) a.base = base;
  return remainder_of_split(to_split(a), divisor, false);
}

SplitForm CanonicalSimplifier::remainder_of_split(SplitForm a, int64_t divisor, bool floors) {
  a = with_mode(std::move(a), floors);
  if (a.scale % divisor == 0) {
    a.scale = 0;
    return a;
  }
  if (divisor % a.scale == 0) {
    // ((index % upper) / lower * scale) % divisor = ((index % upper) % (lower * divisor / scale)) / lower * scale
    const int64_t upper = a.lower * (divisor / a.scale);
    if (a.upper == SplitForm::kNoUpper || a.upper % upper == 0) {
      if (upper >= a.upper || a.upper == SplitForm::kNoUpper) {
        a.upper = upper;
        return a;
      }
      // A smaller remainder than before: the index may simplify further.
      const Expr modulus = make_int(upper, a.dtype);
      SplitForm reduced = to_split(visit(floors ? floormod(a.index, modulus) : truncmod(a.index, modulus)));
      if (a.lower != 1) reduced = divide_split(std::move(reduced), a.lower, floors);
      reduced.scale *= a.scale;
      return reduced;
    }
    if (upper % a.upper == 0) return a;
  }
  a = to_split(a.to_expr());
  a.floors = floors;
  a.upper = divisor;
  return a;
}

CanonicalForm CanonicalSimplifier::canonicalize_cast(const Expr& e) {
  CanonicalForm value = canonicalize(get<Cast>(e).value);
  if (SumForm* sum = std::get_if<SumForm>(&value); sum && sum->can_cast(e->dtype, analysis_)) {
    sum->cast_to(e->dtype);
    return value;
  }
  if (SplitForm* split = std::get_if<SplitForm>(&value); split && split->can_cast(e->dtype, analysis_)) {
    split->cast_to(e->dtype);
    return value;
  }
  return rewrite(e);
}

// S + r < 0, where d divides S: S / d < 0 if 0 <= r < d; S / d + r // d < 0 if r is a remainder whose modulus d divides.
CanonicalForm CanonicalSimplifier::canonicalize_less(const Expr& e) {
  const Binary& op = get<Binary>(e);
  if (!op.a->dtype.is_integral()) return rewrite(e);
  const CanonicalForm difference = canonicalize(sub(op.a, op.b));
  const SumForm* sum = std::get_if<SumForm>(&difference);
  if (!sum) return rewrite(e);
  int64_t divisor = gcd(sum->base, 0);
  bool has_scale = false;
  for (const SplitForm& arg : sum->args) {
    if (arg.scale >= -1 && arg.scale <= 1) continue;
    has_scale = true;
    divisor = gcd(divisor, arg.scale);
  }
  if (!has_scale || divisor <= 1) return rewrite(e);
  auto [divisible, rest] = separate_divisible(*sum, divisor);
  const Expr remaining = rest.to_expr(), zero = make_int(0, sum->dtype);
  if (analysis_.can_prove(lt(remaining, make_int(divisor, sum->dtype))) && analysis_.can_prove(ge(remaining, zero))) {
    divisible.divide(divisor);
    return canonicalize(lt(divisible.to_expr(), zero));
  }
  if (rest.args.size() != 1) return rewrite(e);
  const SplitForm& digit = rest.args[0];
  const int64_t lower = divisor * digit.lower;
  if (digit.scale != 1 || !digit.agrees(true) || digit.upper == SplitForm::kNoUpper || digit.upper % lower != 0) return rewrite(e);
  divisible.divide(divisor);
  const Expr quotient = floormod(floordiv(digit.index, make_int(lower, sum->dtype)), make_int(digit.upper / lower, sum->dtype));
  return canonicalize(lt(add(divisible.to_expr(), quotient), zero));
}

}  // namespace loopglass::arith
