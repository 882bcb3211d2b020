#include "tests/arith/evaluate.h"

#include <algorithm>
#include <stdexcept>

namespace loopglass::arith_test {

using namespace ir;

std::optional<int64_t> evaluate(const Expr& e, const Assignment& values) {
  if (const IntImm* i = as<IntImm>(e)) return i->value;
  if (const VarNode* v = as<VarNode>(e)) return values.at(v);
  if (const Cast* c = as<Cast>(e)) return evaluate(c->value, values);
  if (const Not* n = as<Not>(e)) {
    const auto a = evaluate(n->a, values);
    return a ? std::optional<int64_t>(!*a) : std::nullopt;
  }
  if (const Select* s = as<Select>(e)) {
    const auto condition = evaluate(s->condition, values);
    return condition ? evaluate(*condition ? s->true_value : s->false_value, values) : std::nullopt;
  }
  if (!Binary::is(e->kind)) throw std::runtime_error("evaluate: not an integer expression");
  const auto a = evaluate(get<Binary>(e).a, values), b = evaluate(get<Binary>(e).b, values);
  if (!a || !b) return std::nullopt;
  const int64_t x = *a, y = *b;
  const bool divides = e->kind == ExprKind::Div || e->kind == ExprKind::Mod || e->kind == ExprKind::FloorDiv || e->kind == ExprKind::FloorMod;
  if (divides && y == 0) return std::nullopt;
  const auto floored = [&] { return x / y - (x % y != 0 && (x % y < 0) != (y < 0) ? 1 : 0); };
  switch (e->kind) {
    case ExprKind::Add: return x + y;
    case ExprKind::Sub: return x - y;
    case ExprKind::Mul: return x * y;
    case ExprKind::Div: return x / y;
    case ExprKind::Mod: return x % y;
    case ExprKind::FloorDiv: return floored();
    case ExprKind::FloorMod: return x - floored() * y;
    case ExprKind::Min: return std::min(x, y);
    case ExprKind::Max: return std::max(x, y);
    case ExprKind::EQ: return x == y;
    case ExprKind::NE: return x != y;
    case ExprKind::LT: return x < y;
    case ExprKind::LE: return x <= y;
    case ExprKind::GT: return x > y;
    case ExprKind::GE: return x >= y;
    case ExprKind::And: return x && y;
    default: return x || y;
  }
}

}  // namespace loopglass::arith_test
