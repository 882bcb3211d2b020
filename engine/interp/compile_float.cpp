// Floats: computed in double and rounded to the type after every operation. For + - * / and sqrt of types up to float32 that gives the
// correctly rounded result (double has more than twice their digits plus two).
#include <cmath>

#include "engine/interp/compiler.h"
#include "engine/interp/element.h"
#include "engine/interp/scalar.h"
#include "engine/interp/small_float.h"
#include "engine/support/check.h"

namespace loopglass::interp {

using ir::ExprKind;

FloatPtr Compiler::compile_float(const ir::Expr& e) {
  CHECK(e->dtype.is_float());
  if (e->dtype.lanes != 1) unsupported("a vector where a scalar is needed");
  const ir::DataType type = e->dtype;
  switch (e->kind) {
    case ExprKind::FloatImm: return float_code([value = round_to(type, ir::get<ir::FloatImm>(e).value)](Frame&) { return value; });
    case ExprKind::Var: {
      const auto* var = static_cast<const ir::VarNode*>(e.get());
      const int slot = slot_of(var);
      if (lane_vars_.contains(var)) return float_code([slot](Frame& f) { return f.slots[slot + f.lane].f; });
      return float_code([slot](Frame& f) { return f.slots[slot].f; });
    }
    case ExprKind::Select: {
      const auto& node = ir::get<ir::Select>(e);
      auto c = compile_int(node.condition);
      auto t = compile_float(node.true_value), o = compile_float(node.false_value);
      return float_code([c = std::move(c), t = std::move(t), o = std::move(o)](Frame& f) {
        const bool condition = (*c)(f);
        const double if_true = (*t)(f), if_false = (*o)(f);
        return condition ? if_true : if_false;
      });
    }
    case ExprKind::Cast: {
      const ir::Expr& value = ir::get<ir::Cast>(e).value;
      if (value->dtype.is_float()) return float_code([type, a = compile_float(value)](Frame& f) { return round_to(type, (*a)(f)); });
      return float_code([type, from = value->dtype, a = compile_int(value)](Frame& f) { return int_to_float(from, type, (*a)(f)); });
    }
    case ExprKind::Let: {
      const auto& let = ir::get<ir::Let>(e);
      auto value = compile_into(let.value, slot_of(let.var.get()));
      return float_code([value = std::move(value), body = compile_float(let.body)](Frame& f) {
        (*value)(f);
        return (*body)(f);
      });
    }
    case ExprKind::BufferLoad: {
      const auto& load = ir::get<ir::BufferLoad>(e);
      auto element = std::make_shared<ElementCode>(compile_element(load.buffer, load.indices, false));
      return float_code([element](Frame& f) {
        const int64_t at = element->locate(f);
        element->report(f, {&at, 1});
        return load_float(element->dtype, element->storage(f).bytes.data() + at);
      });
    }
    case ExprKind::Call: return compile_call_float(ir::get<ir::Call>(e));
    default: break;
  }
  if (ir::as<ir::Binary>(e)) return compile_binary_float(ir::get<ir::Binary>(e));
  unsupported("an expression of type " + ir::to_string(type));
}

FloatPtr Compiler::compile_binary_float(const ir::Binary& e) {
  auto a = compile_float(e.a);
  auto b = compile_float(e.b);
  const auto make = [&](auto op) {
    return float_code([type = e.dtype, op, a = std::move(a), b = std::move(b)](Frame& f) {
      const double x = (*a)(f), y = (*b)(f);
      return round_to(type, op(x, y));
    });
  };
  switch (e.kind) {
    case ExprKind::Add: return make([](double x, double y) { return x + y; });
    case ExprKind::Sub: return make([](double x, double y) { return x - y; });
    case ExprKind::Mul: return make([](double x, double y) { return x * y; });
    case ExprKind::Div: return make([](double x, double y) { return x / y; });
    case ExprKind::Mod: return make([](double x, double y) { return std::fmod(x, y); });
    case ExprKind::FloorDiv: return make([](double x, double y) { return std::floor(x / y); });
    case ExprKind::FloorMod: return make([](double x, double y) { return x - std::floor(x / y) * y; });
    case ExprKind::Min: return make([](double x, double y) { return x < y ? x : y; });
    case ExprKind::Max: return make([](double x, double y) { return x > y ? x : y; });
    default: break;
  }
  unsupported("a floating-point operator");
}

}  // namespace loopglass::interp
