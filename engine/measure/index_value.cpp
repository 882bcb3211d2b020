#include "engine/measure/index_value.h"

#include <algorithm>

#include "engine/support/integer.h"

namespace loopglass::measure {
namespace {

using ir::ExprKind;

std::optional<int64_t> apply(ExprKind kind, int64_t a, int64_t b) {
  const bool divides = kind == ExprKind::Div || kind == ExprKind::Mod || kind == ExprKind::FloorDiv || kind == ExprKind::FloorMod;
  if (divides && b == 0) return std::nullopt;
  switch (kind) {
    case ExprKind::Add: return a + b;
    case ExprKind::Sub: return a - b;
    case ExprKind::Mul: return a * b;
    case ExprKind::Div: return trunc_div(a, b);
    case ExprKind::Mod: return trunc_mod(a, b);
    case ExprKind::FloorDiv: return floor_div(a, b);
    case ExprKind::FloorMod: return floor_mod(a, b);
    case ExprKind::Min: return std::min(a, b);
    case ExprKind::Max: return std::max(a, b);
    case ExprKind::EQ: return a == b;
    case ExprKind::NE: return a != b;
    case ExprKind::LT: return a < b;
    case ExprKind::LE: return a <= b;
    case ExprKind::GT: return a > b;
    case ExprKind::GE: return a >= b;
    default: return std::nullopt;
  }
}

// And, Or: what one side decides alone is decided, whatever the other is.
std::optional<int64_t> logical(const ir::Binary& e, const Environment& values) {
  const int64_t deciding = e.kind == ExprKind::Or;
  const auto a = index_value(e.a, values), b = index_value(e.b, values);
  if ((a && *a == deciding) || (b && *b == deciding)) return deciding;
  if (a && b) return 1 - deciding;
  return std::nullopt;
}

std::optional<int64_t> chosen(const ir::Expr& condition, const ir::Expr& yes, const ir::Expr& no, const Environment& values) {
  const auto c = index_value(condition, values);
  if (!c) return std::nullopt;
  return index_value(*c ? yes : no, values);
}

}  // namespace

std::optional<int64_t> index_value(const ir::Expr& e, const Environment& values) {
  if (e->dtype.is_float() || !e->dtype.is_scalar()) return std::nullopt;
  if (const auto constant = ir::as_int(e)) return constant;
  if (e->kind == ExprKind::Var) {
    const auto found = values.find(static_cast<const ir::VarNode*>(e.get()));
    return found == values.end() ? std::nullopt : std::optional(found->second);
  }
  if (const auto* cast = ir::as<ir::Cast>(e)) return index_value(cast->value, values);
  if (const auto* n = ir::as<ir::Not>(e)) {
    const auto a = index_value(n->a, values);
    return a ? std::optional<int64_t>(!*a) : std::nullopt;
  }
  if (const auto* select = ir::as<ir::Select>(e)) return chosen(select->condition, select->true_value, select->false_value, values);
  if (const auto* call = ir::as<ir::Call>(e)) {
    if (call->op == "likely") return index_value(call->args[0], values);
    if (call->op == "if_then_else") return chosen(call->args[0], call->args[1], call->args[2], values);
    return std::nullopt;
  }
  const auto* binary = ir::as<ir::Binary>(e);
  if (!binary) return std::nullopt;
  if (binary->kind == ExprKind::And || binary->kind == ExprKind::Or) return logical(*binary, values);
  const auto a = index_value(binary->a, values), b = index_value(binary->b, values);
  return a && b ? apply(binary->kind, *a, *b) : std::nullopt;
}

}  // namespace loopglass::measure
