#include "engine/arith/canonical_form.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "engine/arith/analysis.h"
#include "engine/support/integer.h"
#include "engine/ir/op.h"
#include "engine/ir/structural_equal.h"
#include "engine/support/check.h"

namespace loopglass::arith {
namespace {

using namespace ir;

Expr quotient(const Expr& a, int64_t b, bool floors) {
  const Expr divisor = make_int(b, a->dtype);
  return floors ? floordiv(a, divisor) : div(a, divisor);
}
Expr remainder(const Expr& a, int64_t b, bool floors) {
  const Expr divisor = make_int(b, a->dtype);
  return floors ? floormod(a, divisor) : truncmod(a, divisor);
}

// Whether every value fits the type, so that casting it changes none.
bool fits(DataType to, const Expr& value, Analysis& analysis) {
  if (!is_index_type(to)) return false;
  if (value->dtype.bits <= to.bits) return true;
  const ConstIntBound bound = analysis.const_int_bound(value), limits = type_bound(to);
  return bound.max <= limits.max && bound.min >= limits.min;
}

bool is_lowest(DataType type, int64_t value) {
  return value == (type.bits == 64 ? std::numeric_limits<int64_t>::lowest() : -(int64_t{1} << (type.bits - 1)));
}

// Adds up consecutive digits of one index: (x // 6) * 6 + x % 6 is x. Relies on SumForm's order.
void merge_digits(std::vector<SplitForm>& args) {
  for (size_t i = 0; i < args.size(); ++i) {
    if (args[i].scale == 0) continue;
    for (size_t j = i + 1; j < args.size(); ++j) {
      SplitForm &high = args[i], &low = args[j];
      if (!high.has_index_of(low) || high.upper < low.lower) break;
      if (high.upper == low.upper && high.lower == low.lower && high.agrees(low.floors)) {
        low.scale = wrapping_add(low.scale, high.scale);
        high.scale = 0;
      } else if (high.lower == low.upper && low.scale != 0 && high.scale % low.scale == 0 &&
                 high.lower == high.scale / low.scale * low.lower && high.agrees(low.floors)) {
        // ((x % u) / (c * s)) * s + ((x % (c * s)) / c) = (x % u) / c
        low.upper = high.upper;
        high.scale = 0;
        break;
      }
    }
  }
}

std::vector<SplitForm> merged_and_ordered(std::vector<SplitForm> args) {
  merge_digits(args);
  std::stable_sort(args.begin(), args.end(), [](const SplitForm& a, const SplitForm& b) {
    return std::tie(a.scale, a.lower, a.upper, a.floors) > std::tie(b.scale, b.lower, b.upper, b.floors);
  });
  return args;
}

}  // namespace

bool SplitForm::has_index_of(const SplitForm& other) const { return structural_equal(index, other.index); }

Expr SplitForm::to_expr(int64_t factor) const {
  if (scale == 0) return make_int(0, dtype);
  Expr e = index;
  if (upper != kNoUpper) e = remainder(e, upper, floors);
  if (lower != 1) e = quotient(e, lower, floors);
  factor = wrapping_mul(factor, scale);
  return factor == 1 ? e : mul(e, make_int(factor, dtype));
}

bool SplitForm::can_cast(DataType to, Analysis& analysis) const {
  if (to.bits >= dtype.bits || scale == 0) return true;
  Expr e = index;
  if (!fits(to, e, analysis)) return false;
  if (upper != kNoUpper && !fits(to, e = remainder(e, upper, floors), analysis)) return false;
  if (lower != 1 && !fits(to, e = quotient(e, lower, floors), analysis)) return false;
  return scale == 1 || fits(to, mul(e, make_int(scale, dtype)), analysis);
}

void SplitForm::cast_to(DataType to) {
  index = cast(to, index);
  dtype = to;
}

Expr SumForm::to_expr() const {
  if (args.empty()) return make_int(base, dtype);
  const std::vector<SplitForm> ordered = merged_and_ordered(args);
  const bool lowest = is_lowest(dtype, base);  // has no negation
  Expr e = make_int(0, dtype);
  for (const SplitForm& arg : ordered)
    if (arg.scale > 0) e = ir::add(e, arg.to_expr());
  if (base > 0 || lowest) e = ir::add(e, make_int(base, dtype));
  for (const SplitForm& arg : ordered)
    if (arg.scale < 0) e = sub(e, arg.to_expr(-1));
  return base < 0 && !lowest ? sub(e, make_int(-base, dtype)) : e;
}

void SumForm::add(SplitForm split, int64_t factor) {
  if (split.scale == 0) return;
  auto at = std::find_if(args.begin(), args.end(), [&](const SplitForm& arg) { return arg.has_index_of(split); });
  for (; at != args.end(); ++at) {
    if (!at->has_index_of(split) || split.lower > at->lower) break;
    if (split.lower == at->lower && split.upper == at->upper && split.agrees(at->floors)) {
      at->scale = wrapping_add(at->scale, wrapping_mul(split.scale, factor));
      return;
    }
  }
  split.scale = wrapping_mul(split.scale, factor);
  args.insert(at, std::move(split));
}

void SumForm::add(const SumForm& sum, int64_t factor) {
  for (const SplitForm& arg : sum.args) add(arg, factor);
  base = wrapping_add(base, wrapping_mul(sum.base, factor));
}

void SumForm::multiply(int64_t factor) {
  base = wrapping_mul(base, factor);
  for (SplitForm& arg : args) arg.scale = wrapping_mul(arg.scale, factor);
}

void SumForm::divide(int64_t divisor) {
  CHECK(base % divisor == 0);
  base /= divisor;
  for (SplitForm& arg : args) {
    CHECK(arg.scale % divisor == 0);
    arg.scale /= divisor;
  }
}

bool SumForm::can_cast(DataType to, Analysis& analysis) const {
  if (to.bits >= dtype.bits) return true;
  const bool lowest = is_lowest(to, base);
  Expr e = make_int(0, to);
  for (const SplitForm& arg : args)
    if (arg.scale > 0 && !fits(to, e = ir::add(e, arg.to_expr()), analysis)) return false;
  if ((base > 0 || lowest) && !fits(to, e = ir::add(e, make_int(base, dtype)), analysis)) return false;
  for (const SplitForm& arg : args)
    if (arg.scale < 0 && !fits(to, e = sub(e, arg.to_expr(-1)), analysis)) return false;
  if (base < 0 && !lowest && !fits(to, e = sub(e, make_int(-base, dtype)), analysis)) return false;
  return std::all_of(args.begin(), args.end(), [&](const SplitForm& arg) { return arg.can_cast(to, analysis); });
}

void SumForm::cast_to(DataType to) {
  for (SplitForm& arg : args) arg.cast_to(to);
  dtype = to;
}

DataType type_of(const CanonicalForm& form) {
  if (const Expr* e = std::get_if<Expr>(&form)) return (*e)->dtype;
  if (const SplitForm* split = std::get_if<SplitForm>(&form)) return split->dtype;
  return std::get<SumForm>(form).dtype;
}

Expr to_expr(const CanonicalForm& form) {
  if (const Expr* e = std::get_if<Expr>(&form)) return *e;
  if (const SplitForm* split = std::get_if<SplitForm>(&form)) return split->to_expr();
  return std::get<SumForm>(form).to_expr();
}

SplitForm to_split(const CanonicalForm& form) {
  if (const SplitForm* split = std::get_if<SplitForm>(&form)) return *split;
  if (const SumForm* sum = std::get_if<SumForm>(&form); sum && sum->base == 0 && sum->args.size() == 1) return sum->args[0];
  Expr e = to_expr(form);
  const DataType type = e->dtype;
  return {.dtype = type, .index = std::move(e)};
}

SumForm to_sum(const CanonicalForm& form) {
  if (const SumForm* sum = std::get_if<SumForm>(&form)) return *sum;
  const Expr* e = std::get_if<Expr>(&form);
  if (const IntImm* constant = e ? as<IntImm>(*e) : nullptr) return {.dtype = (*e)->dtype, .args = {}, .base = constant->value};
  return {.dtype = type_of(form), .args = {to_split(form)}, .base = 0};
}

}  // namespace loopglass::arith
