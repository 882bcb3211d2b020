// Integers, bool and comparisons.
#include "engine/interp/compiler.h"
#include "engine/interp/element.h"
#include "engine/interp/scalar.h"
#include "engine/support/check.h"
#include "engine/support/integer.h"

namespace loopglass::interp {

using ir::ExprKind;

IntPtr Compiler::compile_int(const ir::Expr& e) {
  CHECK(!e->dtype.is_float());
  if (e->dtype.lanes != 1) unsupported("a vector where a scalar is needed");
  if (ir::is_comparison(e->kind)) return compile_comparison(ir::get<ir::Binary>(e));
  switch (e->kind) {
    case ExprKind::IntImm: {
      const int64_t value = Wrap(e->dtype)(static_cast<uint64_t>(ir::get<ir::IntImm>(e).value));
      return int_code([value](Frame&) { return value; });
    }
    case ExprKind::Var: {
      const auto* var = static_cast<const ir::VarNode*>(e.get());
      const int slot = slot_of(var);
      if (lane_vars_.contains(var)) return int_code([slot](Frame& f) { return f.slots[slot + f.lane].i; });
      return int_code([slot](Frame& f) { return f.slots[slot].i; });
    }
    case ExprKind::Not:
      return int_code([a = compile_int(ir::get<ir::Not>(e).a)](Frame& f) { return int64_t{!(*a)(f)}; });
    case ExprKind::Select: {
      const auto& node = ir::get<ir::Select>(e);
      auto c = compile_int(node.condition);
      auto t = compile_int(node.true_value), o = compile_int(node.false_value);
      return int_code([c = std::move(c), t = std::move(t), o = std::move(o)](Frame& f) {
        const bool condition = (*c)(f);
        const int64_t if_true = (*t)(f), if_false = (*o)(f);
        return condition ? if_true : if_false;
      });
    }
    case ExprKind::Cast: {
      const ir::Expr& value = ir::get<ir::Cast>(e).value;
      const ir::DataType to = e->dtype;
      if (value->dtype.is_float()) return int_code([to, a = compile_float(value)](Frame& f) { return float_to_int(to, (*a)(f)); });
      if (to.is_bool()) return int_code([a = compile_int(value)](Frame& f) { return int64_t{(*a)(f) != 0}; });
      return int_code([w = Wrap(to), a = compile_int(value)](Frame& f) { return w(static_cast<uint64_t>((*a)(f))); });
    }
    case ExprKind::Let: {
      const auto& let = ir::get<ir::Let>(e);
      auto value = compile_into(let.value, slot_of(let.var.get()));
      return int_code([value = std::move(value), body = compile_int(let.body)](Frame& f) {
        (*value)(f);
        return (*body)(f);
      });
    }
    case ExprKind::BufferLoad: {
      const auto& load = ir::get<ir::BufferLoad>(e);
      auto element = std::make_shared<ElementCode>(compile_element(load.buffer, load.indices, false));
      return int_code([element](Frame& f) {
        const int64_t at = element->locate(f);
        element->report(f, {&at, 1});
        return load_int(element->dtype, element->storage(f).bytes.data() + at);
      });
    }
    case ExprKind::Call: return compile_call_int(ir::get<ir::Call>(e));
    default: break;
  }
  if (ir::as<ir::Binary>(e)) return compile_binary_int(ir::get<ir::Binary>(e));
  unsupported("an expression of type " + ir::to_string(e->dtype));
}

IntPtr Compiler::compile_binary_int(const ir::Binary& e) {
  if (e.kind == ExprKind::And || e.kind == ExprKind::Or) {
    const bool stops_at = e.kind == ExprKind::Or;
    auto a = compile_int(e.a);
    return int_code([stops_at, a = std::move(a), b = compile_int(e.b)](Frame& f) {
      return int64_t{bool((*a)(f)) == stops_at ? stops_at : bool((*b)(f))};
    });
  }
  if (e.kind == ExprKind::Div || e.kind == ExprKind::Mod || e.kind == ExprKind::FloorDiv || e.kind == ExprKind::FloorMod)
    return compile_division(e);
  auto a = compile_int(e.a);
  auto b = compile_int(e.b);
  const auto make = [&](auto op) {
    return int_code([w = Wrap(e.dtype), op, a = std::move(a), b = std::move(b)](Frame& f) {
      const int64_t x = (*a)(f), y = (*b)(f);
      return w(op(static_cast<uint64_t>(x), static_cast<uint64_t>(y)));
    });
  };
  using U = uint64_t;
  const bool is_signed = !e.dtype.is_uint() && !e.dtype.is_bool();
  switch (e.kind) {
    case ExprKind::Add: return make([](U x, U y) { return x + y; });
    case ExprKind::Sub: return make([](U x, U y) { return x - y; });
    case ExprKind::Mul: return make([](U x, U y) { return x * y; });
    case ExprKind::Min:
      return is_signed ? make([](U x, U y) { return static_cast<int64_t>(x) < static_cast<int64_t>(y) ? x : y; })
                       : make([](U x, U y) { return x < y ? x : y; });
    case ExprKind::Max:
      return is_signed ? make([](U x, U y) { return static_cast<int64_t>(x) > static_cast<int64_t>(y) ? x : y; })
                       : make([](U x, U y) { return x > y ? x : y; });
    default: break;
  }
  unsupported("an integer operator");
}

IntPtr Compiler::compile_division(const ir::Binary& e) {
  auto a = compile_int(e.a);
  auto b = compile_int(e.b);
  const auto make = [&](auto op) {
    return int_code([w = Wrap(e.dtype), op, a = std::move(a), b = std::move(b), at = place()](Frame& f) {
      const int64_t x = (*a)(f), y = (*b)(f);
      if (y == 0)
        stop(f, *at, DiagnosticKind::KernelDivideByZero, "an integer is divided by zero", "guard the division with T.if_then_else");
      return w(static_cast<uint64_t>(op(x, y)));
    });
  };
  if (e.dtype.is_uint() && e.dtype.bits == 64) {
    const auto as_unsigned = [](auto op) {
      return [op](int64_t x, int64_t y) { return static_cast<int64_t>(op(static_cast<uint64_t>(x), static_cast<uint64_t>(y))); };
    };
    return e.kind == ExprKind::Div || e.kind == ExprKind::FloorDiv ? make(as_unsigned([](uint64_t x, uint64_t y) { return x / y; }))
                                                                   : make(as_unsigned([](uint64_t x, uint64_t y) { return x % y; }));
  }
  switch (e.kind) {
    case ExprKind::Div: return make(trunc_div);
    case ExprKind::Mod: return make(trunc_mod);
    case ExprKind::FloorDiv: return make(floor_div);
    default: return make(floor_mod);
  }
}

namespace {
template <class T, class Ptr>
IntPtr compare(ExprKind kind, Ptr a, Ptr b) {
  const auto make = [&](auto op) {
    return int_code([op, a = std::move(a), b = std::move(b)](Frame& f) {
      const T x = static_cast<T>((*a)(f)), y = static_cast<T>((*b)(f));
      return int64_t{op(x, y)};
    });
  };
  switch (kind) {
    case ExprKind::EQ: return make([](T x, T y) { return x == y; });
    case ExprKind::NE: return make([](T x, T y) { return x != y; });
    case ExprKind::LT: return make([](T x, T y) { return x < y; });
    case ExprKind::LE: return make([](T x, T y) { return x <= y; });
    case ExprKind::GT: return make([](T x, T y) { return x > y; });
    default: return make([](T x, T y) { return x >= y; });
  }
}
}  // namespace

IntPtr Compiler::compile_comparison(const ir::Binary& e) {
  if (e.a->dtype.is_float()) {
    auto a = compile_float(e.a);
    return compare<double>(e.kind, std::move(a), compile_float(e.b));
  }
  auto a = compile_int(e.a);
  if (e.a->dtype.is_uint()) return compare<uint64_t>(e.kind, std::move(a), compile_int(e.b));
  return compare<int64_t>(e.kind, std::move(a), compile_int(e.b));
}

}  // namespace loopglass::interp
