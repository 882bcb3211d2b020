#include "engine/measure/worker/magnitudes.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"

namespace loopglass::measure {
namespace {

using ir::Expr;
using ir::ExprKind;

constexpr ir::DataType kReal = ir::kFloat64;
constexpr double kLargestTolerance = 4e-2;   // of the types' (relative_tolerance)

Expr call(std::string op, std::vector<Expr> args) { return ir::make_call(kReal, std::move(op), std::move(args)); }
Expr real(const Expr& e) { return ir::cast(kReal, e); }
Expr absolute(const Expr& e) { return ir::max(e, ir::sub(ir::make_float(0, kReal), e)); }
Expr absolute_value(const Expr& e) { return absolute(real(e)); }
Expr one() { return ir::make_float(1, kReal); }

// Gives expressions and statements that compute S; see the header for the rules.
class Magnitudes : public ir::Rewriter {
 public:
  explicit Magnitudes(const ir::Stmt& body) {
    ir::for_each_stmt(body, [&](const ir::Stmt& s) {
      if (const auto* store = ir::as<ir::BufferStore>(s)) written_.insert(store->buffer->data.get());
      return true;
    });
  }
  bool has_companion(const ir::Buffer& buffer) const { return buffer->dtype.is_float() && written_.contains(buffer->data.get()); }

  ir::Buffer companion(const ir::Buffer& buffer) {
    const auto [entry, is_new] = buffers_.try_emplace(buffer.get());
    if (!is_new) return entry->second;
    ir::BufferNode fields = *buffer;
    fields.name += "_magnitude";
    fields.dtype = kReal;
    const auto [data, is_new_data] = data_.try_emplace(buffer->data.get());
    if (is_new_data) data->second = ir::make_var(buffer->data->name + "_magnitude", ir::kHandle);
    fields.data = data->second;
    return entry->second = ir::make_buffer(std::move(fields));
  }

  ir::Stmt rewrite(const ir::Stmt& s) override {
    if (!s) return s;
    if (const auto* store = ir::as<ir::BufferStore>(s); store && store->buffer->dtype.is_float())
      return ir::make_seq({ir::make_store(companion(store->buffer), magnitude(store->value), store->indices), s});
    if (const auto* alloc = ir::as<ir::AllocBuffer>(s); alloc && has_companion(alloc->buffer)) {
      ir::AllocBuffer inner = *alloc, outer = *alloc;
      inner.body = rewrite(alloc->body);
      outer.buffer = companion(alloc->buffer);
      outer.body = ir::make_stmt(std::move(inner));
      return ir::make_stmt(std::move(outer));
    }
    if (const auto* let = ir::as<ir::LetStmt>(s); let && let->var->dtype.is_float()) {
      ir::LetStmt inner = *let, outer = *let;
      outer.value = magnitude(let->value);
      outer.var = companion(let->var);
      inner.body = rewrite(let->body);
      outer.body = ir::make_stmt(std::move(inner));
      return ir::make_stmt(std::move(outer));
    }
    return ir::Rewriter::rewrite(s);
  }

 private:
  ir::Var companion(const ir::Var& var) {
    const auto [entry, is_new] = vars_.try_emplace(var.get());
    if (is_new) entry->second = ir::make_var(var->name + "_magnitude", kReal);
    return entry->second;
  }

  Expr magnitude(const Expr& e) {
    if (!e->dtype.is_float()) return absolute_value(e);
    switch (e->kind) {
      case ExprKind::FloatImm: return ir::make_float(std::abs(ir::get<ir::FloatImm>(e).value), kReal);
      case ExprKind::Var: return variable(e);
      case ExprKind::BufferLoad: {
        const auto& load = ir::get<ir::BufferLoad>(e);
        if (!has_companion(load.buffer)) return absolute_value(e);   // an input is exact
        return ir::make_load(companion(load.buffer), load.indices);
      }
      case ExprKind::Cast: return magnitude(ir::get<ir::Cast>(e).value);
      case ExprKind::Select: {
        const auto& select = ir::get<ir::Select>(e);
        return std::make_shared<const ir::Select>(select.condition, magnitude(select.true_value), magnitude(select.false_value));
      }
      case ExprKind::Let: {
        const auto& let = ir::get<ir::Let>(e);
        if (!let.var->dtype.is_float()) return std::make_shared<const ir::Let>(let.var, let.value, magnitude(let.body));
        const Expr value = magnitude(let.value);
        const ir::Var var = companion(let.var);
        return std::make_shared<const ir::Let>(var, value, std::make_shared<const ir::Let>(let.var, let.value, magnitude(let.body)));
      }
      case ExprKind::Call: return of_call(e, ir::get<ir::Call>(e));
      default: break;
    }
    if (const auto* binary = ir::as<ir::Binary>(e)) return of_binary(e, *binary);
    return absolute_value(e);
  }

  Expr variable(const Expr& e) {
    const auto let = vars_.find(static_cast<const ir::VarNode*>(e.get()));
    return let == vars_.end() ? absolute_value(e) : Expr(let->second);   // a scalar parameter is exact
  }

  Expr of_binary(const Expr& e, const ir::Binary& binary) {
    const Expr a = magnitude(binary.a), b = magnitude(binary.b);
    switch (e->kind) {
      case ExprKind::Add: case ExprKind::Sub: return ir::add(a, b);
      case ExprKind::Mul: return ir::mul(a, b);
      case ExprKind::Div: return ir::div(ir::mul(a, b), ir::mul(real(binary.b), real(binary.b)));
      case ExprKind::Min: case ExprKind::Max: return of_chosen(binary, e->kind == ExprKind::Max, a, b);
      default: return absolute_value(e);
    }
  }

  // The error of the side taken; where rounding may decide which one that is, the larger of both.
  Expr of_chosen(const ir::Binary& binary, bool is_max, const Expr& of_a, const Expr& of_b) {
    const Expr a = real(binary.a), b = real(binary.b), larger = ir::max(of_a, of_b);
    const Expr taken = std::make_shared<const ir::Select>(is_max ? ir::ge(a, b) : ir::le(a, b), of_a, of_b);
    const Expr is_close = ir::lt(absolute(ir::sub(a, b)), ir::mul(ir::make_float(kLargestTolerance, kReal), larger));
    return std::make_shared<const ir::Select>(is_close, larger, taken);
  }

  Expr of_call(const Expr& e, const ir::Call& c) {
    if (c.op == "if_then_else") return call("if_then_else", {c.args[0], magnitude(c.args[1]), magnitude(c.args[2])});
    if (c.args.empty()) return absolute_value(e);
    const Expr value = absolute_value(e), argument = real(c.args[0]), of_argument = magnitude(c.args[0]);
    // The relative error of the argument; 0 where the argument is exactly 0.
    const Expr relative = std::make_shared<const ir::Select>(ir::gt(absolute(argument), ir::make_float(0, kReal)),
                                                             ir::div(of_argument, absolute(argument)), ir::make_float(0, kReal));
    if (c.op == "exp" || c.op == "exp2" || c.op == "exp10") {
      const double slope = c.op == "exp" ? 1 : c.op == "exp2" ? std::log(2.0) : std::log(10.0);
      return ir::mul(value, ir::max(one(), ir::mul(ir::make_float(slope, kReal), of_argument)));
    }
    if (c.op == "log" || c.op == "log2" || c.op == "log10" || c.op == "log1p") return ir::max(value, relative);
    if (c.op == "sqrt" || c.op == "rsqrt") return ir::mul(value, ir::max(one(), relative));
    if (c.op == "pow")
      return ir::mul(value, ir::add(ir::add(one(), ir::mul(absolute_value(c.args[1]), relative)),
                                    ir::mul(magnitude(c.args[1]), absolute(call("log", {ir::max(absolute(argument), ir::make_float(1e-300, kReal))})))));
    Expr largest = value;
    for (const Expr& arg : c.args)
      if (arg->dtype.is_float()) largest = ir::max(largest, magnitude(arg));
    return largest;
  }

  std::unordered_set<const ir::VarNode*> written_;   // where written buffers lie
  std::unordered_map<const ir::BufferNode*, ir::Buffer> buffers_;
  std::unordered_map<const ir::VarNode*, ir::Var> data_, vars_;
};

double tolerance_of(ir::DataType type) {
  if (type.code == ir::TypeCode::BFloat) return kLargestTolerance;
  return type.bits == 64 ? 1e-12 : type.bits == 32 ? 1e-5 : 1e-2;
}

}  // namespace

WithMagnitudes with_magnitudes(const ir::Function& plain) {
  Magnitudes magnitudes(plain->body);
  WithMagnitudes result;
  ir::PrimFunc function = *plain;
  for (size_t i = 0; i < plain->params.size(); ++i) {
    const ir::Buffer& buffer = plain->params[i].buffer;
    if (!buffer || !magnitudes.has_companion(buffer)) continue;
    const ir::Buffer companion = magnitudes.companion(buffer);
    function.params.push_back({ir::make_var(plain->params[i].var->name + "_magnitude", ir::kHandle), companion});
    result.companion_of.push_back(static_cast<int>(i));
  }
  function.body = magnitudes.rewrite(plain->body);
  result.function = std::make_shared<const ir::PrimFunc>(std::move(function));
  return result;
}

double relative_tolerance(const ir::PrimFunc& plain) {
  double tolerance = tolerance_of(ir::kFloat64);
  const auto add = [&](const ir::Buffer& buffer) {
    if (buffer && buffer->dtype.is_float()) tolerance = std::max(tolerance, tolerance_of(buffer->dtype));
  };
  for (const ir::Param& param : plain.params) add(param.buffer);
  ir::for_each_stmt(plain.body, [&](const ir::Stmt& s) {
    if (const auto* alloc = ir::as<ir::AllocBuffer>(s)) add(alloc->buffer);
    return true;
  });
  return tolerance;
}

}  // namespace loopglass::measure
