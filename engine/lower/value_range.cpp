#include "engine/lower/value_range.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace loopglass::lower {

using namespace ir;

namespace {

using Wide = __int128;
constexpr int64_t kMin = std::numeric_limits<int64_t>::min(), kMax = std::numeric_limits<int64_t>::max();

struct WideRange {
  Wide min, max;
};

WideRange corners(Wide a, Wide b, Wide c, Wide d) { return {std::min({a, b, c, d}), std::max({a, b, c, d})}; }

// The range before it is cut to the type; 64-bit operands cannot overflow 128 bits.
std::optional<WideRange> arithmetic(ExprKind kind, ValueRange a, ValueRange b) {
  switch (kind) {
    case ExprKind::Add: return WideRange{Wide(a.min) + b.min, Wide(a.max) + b.max};
    case ExprKind::Sub: return WideRange{Wide(a.min) - b.max, Wide(a.max) - b.min};
    case ExprKind::Mul:
      return corners(Wide(a.min) * b.min, Wide(a.min) * b.max, Wide(a.max) * b.min, Wide(a.max) * b.max);
    case ExprKind::Min: return WideRange{std::min(a.min, b.min), std::min(a.max, b.max)};
    case ExprKind::Max: return WideRange{std::max(a.min, b.min), std::max(a.max, b.max)};
    default: return std::nullopt;
  }
}

int64_t floored(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Division by a positive constant.
std::optional<ValueRange> division(ExprKind kind, ValueRange a, int64_t divisor) {
  switch (kind) {
    case ExprKind::FloorDiv: return ValueRange{floored(a.min, divisor), floored(a.max, divisor)};
    case ExprKind::FloorMod:
      if (a.min >= 0 && a.max < divisor) return a;
      return ValueRange{0, divisor - 1};
    case ExprKind::Div: return ValueRange{a.min / divisor, a.max / divisor};
    case ExprKind::Mod: return ValueRange{a.min < 0 ? 1 - divisor : 0, a.max > 0 ? divisor - 1 : 0};
    default: return std::nullopt;
  }
}

bool fits(WideRange range, DataType type) {
  const ValueRange limits = range_of_type(type);
  return range.min >= limits.min && range.max <= limits.max;
}

}  // namespace

ValueRange range_of_type(DataType type) {
  if (type.is_bool()) return {0, 1};
  if (type.bits >= 64) return {type.is_uint() ? 0 : kMin, kMax};
  const int64_t span = int64_t{1} << (type.is_uint() ? type.bits : type.bits - 1);
  return {type.is_uint() ? 0 : -span, span - 1};
}

void Ranges::bind_loop(const For& loop) {
  const ValueRange all = range_of_type(loop.loop_var->dtype);
  const ValueRange min = of(loop.min), extent = of(loop.extent);
  int64_t last = 0;
  const bool overflows = __builtin_add_overflow(min.max, std::max<int64_t>(extent.max, 1) - 1, &last);
  bind(loop.loop_var.get(), overflows ? all : ValueRange{min.min, std::min(last, all.max)});
}

namespace {
// a < b, a <= b, a == b by their ranges.
std::optional<bool> is_less(ValueRange a, ValueRange b) {
  if (a.max < b.min) return true;
  return a.min >= b.max ? std::optional(false) : std::nullopt;
}
std::optional<bool> is_at_most(ValueRange a, ValueRange b) {
  if (a.max <= b.min) return true;
  return a.min > b.max ? std::optional(false) : std::nullopt;
}
std::optional<bool> is_equal(ValueRange a, ValueRange b) {
  if (a.max < b.min || b.max < a.min) return false;
  return a.min == a.max && b.min == b.max ? std::optional(true) : std::nullopt;
}
std::optional<bool> negated(std::optional<bool> truth) { return truth ? std::optional(!*truth) : std::nullopt; }
}  // namespace

std::optional<bool> Ranges::truth(const Expr& e) const {
  if (const auto value = as_int(e)) return *value != 0;
  if (const Not* node = as<Not>(e)) return negated(truth(node->a));
  if (const Call* call = as<Call>(e); call && call->op == "likely") return truth(call->args[0]);
  const Binary* node = as<Binary>(e);
  if (!node || !e->dtype.is_scalar()) return std::nullopt;
  if (e->kind == ExprKind::And || e->kind == ExprKind::Or) {
    const bool decisive = e->kind == ExprKind::Or;
    const std::optional<bool> a = truth(node->a), b = truth(node->b);
    if (a == decisive || b == decisive) return decisive;
    return a && b ? std::optional(!decisive) : std::nullopt;
  }
  const bool has_ranges = is_comparison(e->kind) && (node->a->dtype.is_int() || (node->a->dtype.is_uint() && node->a->dtype.bits < 64));
  if (!has_ranges) return std::nullopt;
  const ValueRange a = of(node->a), b = of(node->b);
  switch (e->kind) {
    case ExprKind::LT: return is_less(a, b);
    case ExprKind::LE: return is_at_most(a, b);
    case ExprKind::GT: return is_less(b, a);
    case ExprKind::GE: return is_at_most(b, a);
    case ExprKind::EQ: return is_equal(a, b);
    default: return negated(is_equal(a, b));
  }
}

bool Ranges::is_exact(const Expr& e) const {
  const Binary* node = as<Binary>(e);
  if (!node || !e->dtype.is_integral() || !e->dtype.is_scalar()) return false;
  if (e->dtype.is_uint() && e->dtype.bits == 64) return false;
  const std::optional<WideRange> range = arithmetic(e->kind, of(node->a), of(node->b));
  return range && fits(*range, e->dtype);
}

ValueRange Ranges::of(const Expr& e) const {
  const ValueRange all = range_of_type(e->dtype);
  if (e->dtype.is_uint() && e->dtype.bits == 64) return {kMin, kMax};
  if (const IntImm* imm = as<IntImm>(e)) return {imm->value, imm->value};
  if (const VarNode* var = as<VarNode>(e)) {
    const auto it = bounds_.find(var);
    return it == bounds_.end() ? all : it->second;
  }
  if (const Cast* cast = as<Cast>(e)) {
    const DataType from = cast->value->dtype;
    if (!from.is_integral() && !from.is_bool()) return all;
    const ValueRange inner = of(cast->value);
    return fits({inner.min, inner.max}, e->dtype) ? inner : all;
  }
  if (const Select* select = as<Select>(e)) {
    const ValueRange t = of(select->true_value), f = of(select->false_value);
    return {std::min(t.min, f.min), std::max(t.max, f.max)};
  }
  const Binary* node = as<Binary>(e);
  if (!node || is_comparison(e->kind) || !e->dtype.is_integral()) return all;
  const ValueRange a = of(node->a), b = of(node->b);
  if (const auto range = arithmetic(e->kind, a, b))
    return fits(*range, e->dtype) ? ValueRange{int64_t(range->min), int64_t(range->max)} : all;
  if (b.min == b.max && b.min > 0)
    if (const auto range = division(e->kind, a, b.min)) return *range;
  return all;
}

}  // namespace loopglass::lower
