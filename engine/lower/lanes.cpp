#include "engine/lower/lanes.h"

#include <numeric>

#include "engine/ir/op.h"
#include "engine/ir/visitor.h"
#include "engine/lower/affine.h"

namespace loopglass::lower {

using namespace ir;

Expr spread(const Expr& e, int lanes) {
  return e->dtype.is_scalar() ? std::make_shared<const Broadcast>(e, lanes) : e;
}

namespace {

using Result = std::optional<Expr>;

Expr ramp(Expr base, Expr stride, int lanes) { return std::make_shared<const Ramp>(std::move(base), std::move(stride), lanes); }

bool is_vector(const Expr& e) { return !e->dtype.is_scalar(); }

// What must not be evaluated where a condition forbids it.
bool is_guarded_part(const Expr& e) {
  bool unsafe = false;
  for_each_expr(e, [&](const Expr& part) {
    const bool divides = part->kind == ExprKind::Div || part->kind == ExprKind::Mod || part->kind == ExprKind::FloorDiv || part->kind == ExprKind::FloorMod;
    const Expr divisor = divides ? get<Binary>(part).b : nullptr;
    const bool is_constant = divisor && as_int(as<Broadcast>(divisor) ? get<Broadcast>(divisor).value : divisor);
    unsafe = unsafe || part->kind == ExprKind::BufferLoad || (divides && !part->dtype.is_float() && !is_constant);
  });
  return unsafe;
}

// base, base + 1, ... // c and % c, where no lane crosses a multiple of c: all of base but a constant is a multiple of some g that divides c, and the
// lanes lie between two multiples of g.
Result divided_ramp(ExprKind kind, const Ramp& node, const Expr& divisor) {
  const std::optional<int64_t> c = as_int(divisor);
  if (!c || *c <= 0 || !is_one(node.stride)) return std::nullopt;
  const Affine base = affine_of(node.base);
  int64_t g = *c;
  for (const Term& term : base.terms) g = std::gcd(g, term.coefficient);
  const int64_t rest = (base.constant % g + g) % g;
  if (rest + node.dtype.lanes > g) return std::nullopt;
  if (kind == ExprKind::FloorDiv) return floordiv(node.base, divisor);
  Expr first = g == *c ? make_int(rest, node.base->dtype) : floormod(node.base, divisor);
  return ramp(std::move(first), node.stride, node.dtype.lanes);
}

// Arithmetic that keeps a ramp a ramp.
Result ramp_arithmetic(ExprKind kind, const Expr& a, const Expr& b) {
  const Ramp* x = as<Ramp>(a);
  const Ramp* y = as<Ramp>(b);
  const int lanes = x ? a->dtype.lanes : b->dtype.lanes;
  if (kind == ExprKind::Add && x && y) return ramp(add(x->base, y->base), add(x->stride, y->stride), lanes);
  if (kind == ExprKind::Sub && x && y) return ramp(sub(x->base, y->base), sub(x->stride, y->stride), lanes);
  if (kind == ExprKind::Add && x && !is_vector(b)) return ramp(add(x->base, b), x->stride, lanes);
  if (kind == ExprKind::Add && y && !is_vector(a)) return ramp(add(a, y->base), y->stride, lanes);
  if (kind == ExprKind::Sub && x && !is_vector(b)) return ramp(sub(x->base, b), x->stride, lanes);
  if (kind == ExprKind::Sub && y && !is_vector(a)) return ramp(sub(a, y->base), neg(y->stride), lanes);
  if (kind == ExprKind::Mul && x && !is_vector(b)) return ramp(mul(x->base, b), mul(x->stride, b), lanes);
  if (kind == ExprKind::Mul && y && !is_vector(a)) return ramp(mul(a, y->base), mul(a, y->stride), lanes);
  if ((kind == ExprKind::FloorDiv || kind == ExprKind::FloorMod) && x && !is_vector(b)) return divided_ramp(kind, *x, b);
  return std::nullopt;
}

Result binary(const Expr& e, Lanes& lanes) {
  const Binary& node = get<Binary>(e);
  const Result a = over_lanes(node.a, lanes), b = over_lanes(node.b, lanes);
  if (!a || !b) return std::nullopt;
  if (!is_vector(*a) && !is_vector(*b)) return *a == node.a && *b == node.b ? e : make_binary(e->kind, *a, *b);
  const bool is_lazy = e->kind == ExprKind::And || e->kind == ExprKind::Or;
  if (is_lazy && is_guarded_part(*b)) return std::nullopt;
  if (node.dtype.is_int())
    if (Result as_ramp = ramp_arithmetic(e->kind, *a, *b)) return as_ramp;
  return make_binary(e->kind, spread(*a, lanes.count), spread(*b, lanes.count));
}

Result select(const Select& node, Lanes& lanes) {
  const Result c = over_lanes(node.condition, lanes), t = over_lanes(node.true_value, lanes), f = over_lanes(node.false_value, lanes);
  if (!c || !t || !f) return std::nullopt;
  const bool has_vector = is_vector(*c) || is_vector(*t) || is_vector(*f);
  if (!has_vector) return std::make_shared<const Select>(*c, *t, *f);
  return std::make_shared<const Select>(*c, spread(*t, lanes.count), spread(*f, lanes.count));
}

Result choice(const Call& call, Lanes& lanes) {
  const Result c = over_lanes(call.args[0], lanes), t = over_lanes(call.args[1], lanes), f = over_lanes(call.args[2], lanes);
  if (!c || !t || !f) return std::nullopt;
  if (!is_vector(*c)) {
    if (!is_vector(*t) && !is_vector(*f)) return make_call(call.dtype, call.op, {*c, *t, *f});
    return make_call(call.dtype.with_lanes(lanes.count), call.op, {*c, spread(*t, lanes.count), spread(*f, lanes.count)});
  }
  if (is_guarded_part(*t) || is_guarded_part(*f)) return std::nullopt;
  return std::make_shared<const Select>(*c, spread(*t, lanes.count), spread(*f, lanes.count));
}

Result call(const Expr& e, Lanes& lanes) {
  const Call& node = get<Call>(e);
  if (node.op == "if_then_else") return choice(node, lanes);
  std::vector<Expr> args;
  bool has_vector = false;
  for (const Expr& arg : node.args) {
    const Result one = over_lanes(arg, lanes);
    if (!one) return std::nullopt;
    args.push_back(*one);
    has_vector = has_vector || is_vector(*one);
  }
  if (!has_vector) return args == node.args ? e : make_call(node.dtype, node.op, std::move(args));
  if (node.op.find("call_") == 0 || node.dtype == kVoid || node.dtype == kHandle) return std::nullopt;
  for (Expr& arg : args) arg = spread(arg, lanes.count);
  return make_call(node.dtype.with_lanes(lanes.count), node.op, std::move(args));
}

Result load(const Expr& e, Lanes& lanes) {
  const BufferLoad& node = get<BufferLoad>(e);
  std::vector<Expr> indices;
  bool has_vector = false;
  for (const Expr& index : node.indices) {
    const Result one = over_lanes(index, lanes);
    if (!one) return std::nullopt;
    indices.push_back(*one);
    has_vector = has_vector || is_vector(*one);
  }
  if (has_vector) indices.back() = spread(indices.back(), lanes.count);
  return indices == node.indices ? e : make_load(node.buffer, std::move(indices));
}

Result let(const Let& node, Lanes& lanes) {
  const Result value = over_lanes(node.value, lanes);
  if (!value) return std::nullopt;
  Var var = node.var;
  if (is_vector(*value)) lanes.lets[node.var.get()] = var = make_var(node.var->name, (*value)->dtype);
  const Result body = over_lanes(node.body, lanes);
  return body ? Result(std::make_shared<const Let>(std::move(var), *value, *body)) : std::nullopt;
}

Expr variable(const Expr& e, const Lanes& lanes) {
  if (e == lanes.var) return ramp(lanes.base, make_int(1, e->dtype), lanes.count);
  const auto it = lanes.lets.find(as<VarNode>(e));
  return it == lanes.lets.end() ? e : Expr(it->second);
}

}  // namespace

Result over_lanes(const Expr& e, Lanes& lanes) {
  switch (e->kind) {
    case ExprKind::IntImm:
    case ExprKind::FloatImm:
    case ExprKind::StringImm: return e;
    case ExprKind::Var: return variable(e, lanes);
    case ExprKind::Ramp:
    case ExprKind::Broadcast: return std::nullopt;
    case ExprKind::Not: {
      const Result a = over_lanes(get<Not>(e).a, lanes);
      return a ? Result(std::make_shared<const Not>(*a)) : std::nullopt;
    }
    case ExprKind::Cast: {
      const Result value = over_lanes(get<Cast>(e).value, lanes);
      return value ? Result(cast(e->dtype.with_lanes((*value)->dtype.lanes), *value)) : std::nullopt;
    }
    case ExprKind::Select: return select(get<Select>(e), lanes);
    case ExprKind::Let: return let(get<Let>(e), lanes);
    case ExprKind::Call: return call(e, lanes);
    case ExprKind::BufferLoad: return load(e, lanes);
    default: return binary(e, lanes);
  }
}

}  // namespace loopglass::lower
