#include "engine/emit/c_expr.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/ir/llvm_intrinsic.h"

namespace loopglass::emit {

using ir::ExprKind;

std::string c_type(ir::DataType type) {
  if (type.is_bool()) return "bool";
  if (type.is_integral()) return ir::to_string(type.element()) + "_t";
  if (type.code == ir::TypeCode::Float && type.bits == 32) return "float";
  if (type.code == ir::TypeCode::Float && type.bits == 64) return "double";
  throw NotEmitted{ir::to_string(type) + " in C99"};
}

namespace {

std::string type_name(ir::DataType type) { return ir::to_string(type.element()); }   // in helpers' names

struct Operator {
  const char* text;
  int binding;
};
// kCompare is C's relational level; == and != bind looser there, so all comparisons parenthesise comparisons.
Operator operator_of(ExprKind kind) {
  switch (kind) {
    case ExprKind::Add: return {"+", kSum};
    case ExprKind::Sub: return {"-", kSum};
    case ExprKind::Mul: return {"*", kProduct};
    case ExprKind::Div: return {"/", kProduct};
    case ExprKind::EQ: return {"==", kCompare};
    case ExprKind::NE: return {"!=", kCompare};
    case ExprKind::LT: return {"<", kCompare};
    case ExprKind::LE: return {"<=", kCompare};
    case ExprKind::GT: return {">", kCompare};
    case ExprKind::GE: return {">=", kCompare};
    case ExprKind::And: return {"&&", kAnd};
    case ExprKind::Or: return {"||", kOr};
    default: return {"", kPrimary};
  }
}

Spelled call_of(const std::string& function, const std::string& arguments) { return {function + "(" + arguments + ")"}; }
Spelled cast_to(ir::DataType type, const Spelled& value) { return {fmt::format("({}){}", c_type(type), value.at(kUnary)), kUnary}; }

Spelled float_text(ir::DataType type, double value) {
  if (std::isnan(value)) return {"NAN"};
  if (std::isinf(value)) return value > 0 ? Spelled{"INFINITY"} : Spelled{"-INFINITY", kUnary};
  std::string text = type.bits == 32 ? fmt::format("{}", static_cast<float>(value)) : fmt::format("{}", value);
  if (type.bits == 32 && std::isinf(static_cast<float>(value))) return value > 0 ? Spelled{"INFINITY"} : Spelled{"-INFINITY", kUnary};
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  if (type.bits == 32) text += "f";
  return {text, std::signbit(value) ? kUnary : kPrimary};
}

Spelled int_text(ir::DataType type, int64_t value) {
  if (type.is_bool()) return {value ? "true" : "false"};
  if (type.is_uint() && type.bits == 64) return {fmt::format("UINT64_C({})", static_cast<uint64_t>(value))};
  if (type.is_uint()) return {fmt::format("{}u", value)};
  if (value == INT64_MIN) return {"INT64_MIN"};
  if (value == INT32_MIN) return {"INT32_MIN"};
  return {type.bits == 64 && (value > INT32_MAX || value < INT32_MIN) ? fmt::format("INT64_C({})", value) : std::to_string(value), value < 0 ? kUnary : kPrimary};
}

std::string c_function(const std::string& op) {
  if (op == "abs") return "fabs";
  if (op == "round") return "rint";
  for (const char* name : {"exp", "exp2", "log", "log2", "log10", "log1p", "sqrt", "tanh", "erf", "fabs", "floor", "ceil", "trunc", "nearbyint", "sin", "cos", "tan",
                           "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh", "pow", "atan2", "fmod", "hypot", "copysign", "fma", "ldexp"})
    if (op == name) return name;
  return {};
}

}  // namespace

bool CExpressions::is_non_negative(const ir::Expr& e) const {
  if (const auto value = ir::as_int(e)) return *value >= 0;
  if (e->dtype.is_uint() || e->dtype.is_bool()) return true;
  if (e->kind == ExprKind::Var) return non_negative.contains(static_cast<const ir::VarNode*>(e.get()));
  if (const auto* cast = ir::as<ir::Cast>(e)) return cast->value->dtype.is_int() && is_index(e) && is_non_negative(cast->value);
  const auto* b = ir::as<ir::Binary>(e);
  if (!b || !is_index(e)) return false;
  switch (e->kind) {
    case ExprKind::Add:
    case ExprKind::Mul:
    case ExprKind::Min:
    case ExprKind::FloorDiv:
    case ExprKind::Div: return is_non_negative(b->a) && is_non_negative(b->b);
    case ExprKind::FloorMod: return is_non_negative(b->b);
    case ExprKind::Max: return is_non_negative(b->a) || is_non_negative(b->b);
    default: return false;
  }
}

// i * 128 + j; nothing for no dimension.
std::string CExpressions::offset(const CBuffer& buffer, const std::vector<ir::Expr>& indices) {
  std::string text;
  for (size_t d = 0; d < indices.size(); ++d) {
    if (ir::is_zero(indices[d])) continue;
    const Spelled index = print(without_lets(indices[d]));
    std::string term = buffer.strides[d] == "1" ? index.at(kSum) : index.at(kProduct) + " * " + buffer.strides[d];
    if (buffer.is_wide) term = "(int64_t)" + (buffer.strides[d] == "1" ? index.at(kUnary) : index.at(kUnary) + " * " + buffer.strides[d]);
    text += (text.empty() ? "" : " + ") + term;
  }
  return text.empty() ? "0" : text;
}

std::string CExpressions::element(const ir::Buffer& buffer, const std::vector<ir::Expr>& indices) {
  const CBuffer& b = buffers.at(buffer.get());
  return b.name + "[" + offset(b, indices) + "]";
}

Spelled CExpressions::helper_call(const std::string& name, const std::string& definition, const std::string& arguments) {
  helpers.insert("static inline " + definition);
  return call_of(name, arguments);
}

Spelled CExpressions::print(const ir::Expr& e) {
  switch (e->kind) {
    case ExprKind::IntImm: return int_text(e->dtype, ir::get<ir::IntImm>(e).value);
    case ExprKind::FloatImm:
      c_type(e->dtype);
      return float_text(e->dtype, ir::get<ir::FloatImm>(e).value);
    case ExprKind::Var: return {static_cast<const ir::VarNode*>(e.get())->name};
    case ExprKind::Not: return {"!" + print(ir::get<ir::Not>(e).a).at(kUnary), kUnary};
    case ExprKind::Cast: return print_cast(ir::get<ir::Cast>(e));
    case ExprKind::Select: {
      const auto& s = ir::get<ir::Select>(e);
      return {fmt::format("{} ? {} : {}", print(s.condition).at(kOr), print(s.true_value).at(kOr), print(s.false_value).at(kTernary)), kTernary};
    }
    case ExprKind::Ramp: {
      const auto& ramp = ir::get<ir::Ramp>(e);
      const std::string step = ir::is_one(ramp.stride) ? "lane" : "lane * " + print(ramp.stride).at(kUnary);
      return ir::is_zero(ramp.base) ? Spelled{step, kProduct} : Spelled{print(ramp.base).at(kSum) + " + " + step, kSum};
    }
    case ExprKind::Broadcast: return print(ir::get<ir::Broadcast>(e).value);
    case ExprKind::BufferLoad: {
      const auto& load = ir::get<ir::BufferLoad>(e);
      return {element(load.buffer, load.indices)};
    }
    case ExprKind::Call: return print_call(ir::get<ir::Call>(e));
    default: break;
  }
  if (const auto* binary = ir::as<ir::Binary>(e)) return print_binary(*binary);
  throw NotEmitted{"this expression in C"};
}

Spelled CExpressions::print_binary(const ir::Binary& e) {
  const ir::DataType type = e.dtype.element();
  const auto [text, binding] = operator_of(e.kind);
  const bool is_division = e.kind == ExprKind::Div || e.kind == ExprKind::Mod || e.kind == ExprKind::FloorDiv || e.kind == ExprKind::FloorMod;
  if (is_division && !(type.is_float() && e.kind == ExprKind::Div)) return print_division(e);
  const Spelled a = print(e.a), b = print(e.b);
  if (e.kind == ExprKind::Max || e.kind == ExprKind::Min) {
    const std::string name = fmt::format("{}_{}", e.kind == ExprKind::Max ? "max" : "min", type_name(type));
    return helper_call(name, fmt::format("{0} {1}({0} a, {0} b) {{ return a {2} b ? a : b; }}", c_type(type), name, e.kind == ExprKind::Max ? ">" : "<"),
                       a.text + ", " + b.text);
  }
  // && inside || and comparisons inside comparisons are put in parentheses, as compilers ask for.
  const bool logical = e.kind == ExprKind::And || e.kind == ExprKind::Or;
  const int left = ir::is_comparison(e.kind) ? binding + 1 : e.kind == ExprKind::Or && e.a->kind == ExprKind::And ? kNot : binding;
  const int right = e.kind == ExprKind::Or && e.b->kind == ExprKind::And ? kNot : binding + 1;
  const auto joined = [&](const Spelled& x, const Spelled& y) { return Spelled{fmt::format("{} {} {}", x.at(left), text, y.at(right)), binding}; };
  const auto whole = std::make_shared<const ir::Binary>(e.kind, e.dtype, e.a, e.b);
  const bool wraps = !logical && !ir::is_comparison(e.kind) && !type.is_float() && !is_index(whole);
  if (!wraps) return joined(a, b);
  if (type.bits < 32) {
    // Promoted to int; only uint16 products leave it.
    const bool may_leave = type.bits == 16 && type.is_uint() && e.kind == ExprKind::Mul;
    return cast_to(type, {"(" + (may_leave ? joined({"(uint32_t)" + a.at(kUnary), kUnary}, b) : joined(a, b)).text + ")"});
  }
  if (type.is_uint()) return joined(a, b);
  const ir::DataType bits{ir::TypeCode::UInt, type.bits};
  return cast_to(type, {"(" + joined(cast_to(bits, a), cast_to(bits, b)).text + ")"});
}

Spelled CExpressions::print_division(const ir::Binary& e) {
  const ir::DataType type = e.dtype.element();
  const Spelled a = print(e.a), b = print(e.b);
  const std::string f = type.bits == 32 ? "f" : "";
  if (type.is_float()) {
    if (e.kind == ExprKind::Mod) return call_of("fmod" + f, a.text + ", " + b.text);
    const Spelled quotient = call_of("floor" + f, a.at(kProduct) + " / " + b.at(kUnary));
    return e.kind == ExprKind::FloorDiv ? quotient : Spelled{fmt::format("{} - {} * {}", a.at(kSum), quotient.text, b.at(kUnary)), kSum};
  }
  const bool is_quotient = e.kind == ExprKind::Div || e.kind == ExprKind::FloorDiv;
  const bool floors = e.kind == ExprKind::FloorDiv || e.kind == ExprKind::FloorMod;
  const auto divisor = ir::as_int(e.b);
  const bool cannot_overflow = type.is_uint() || is_non_negative(e.a) || (divisor && *divisor != -1);
  if (cannot_overflow && (!floors || type.is_uint() || (is_non_negative(e.a) && is_non_negative(e.b))))
    return {fmt::format("{} {} {}", a.at(kProduct), is_quotient ? "/" : "%", b.at(kUnary)), kProduct};
  // The smallest integer divided by -1 is undefined in C; in the kernel it wraps.
  const std::string t = c_type(type), name = fmt::format("{}{}_{}", floors ? "floor" : "trunc", is_quotient ? "div" : "mod", type_name(type));
  const std::string by_minus_one = fmt::format("if (b == -1) return {}; ", is_quotient ? fmt::format("({})(0 - (u{})a)", t, t) : "0");
  std::string rest = fmt::format("return a {} b;", is_quotient ? "/" : "%");
  if (floors)
    rest = fmt::format("{0} r = a % b; return r != 0 && (r < 0) != (b < 0) ? {1};", t, is_quotient ? "a / b - 1 : a / b" : "r + b : r");
  return helper_call(name, fmt::format("{0} {1}({0} a, {0} b) {{ {2}{3} }}", t, name, by_minus_one, rest), a.text + ", " + b.text);
}

Spelled CExpressions::print_cast(const ir::Cast& cast) {
  const ir::DataType from = cast.value->dtype.element(), to = cast.dtype.element();
  const Spelled value = print(cast.value);
  if (to.is_bool()) return {value.at(kCompare + 1) + " != 0", kCompare};
  if (!from.is_float() || to.is_float()) return cast_to(to, value);
  // The conversion is undefined in C where the value does not fit; these give what this CPU's instruction gives.
  const auto checked = [&](int bits) {
    const std::string limit = bits == 32 ? "2147483648.0" : "9223372036854775808.0";
    const std::string name = fmt::format("to_int{}", bits);
    const std::string low = bits == 32 ? "x > -2147483649.0" : "x >= -9223372036854775808.0";
    return helper_call(name, fmt::format("int{0}_t {1}(double x) {{ return {3} && x < {2} ? (int{0}_t)x : INT{0}_MIN; }}", bits, name, limit, low), value.text);
  };
  if (to.is_uint() && to.bits == 64) {
    const std::string name = "to_uint64";
    checked(64);
    return helper_call(name, "uint64_t to_uint64(double x) { return x >= 9223372036854775808.0 && x < 18446744073709551616.0 ? (uint64_t)x : (uint64_t)(x >= -9223372036854775808.0 && x < 9223372036854775808.0 ? (int64_t)x : INT64_MIN); }",
                       value.text);
  }
  const Spelled wide = checked(to.bits == 64 || (to.is_uint() && to.bits == 32) ? 64 : 32);
  return to == ir::kInt32 || to == ir::kInt64 ? wide : cast_to(to, wide);
}

Spelled CExpressions::print_call(const ir::Call& call) {
  if (call.op == ir::kLlvmPureIntrinsic) throw NotEmitted{"LLVM's operators on vectors in C"};
  const std::string& op = call.op;
  const auto& args = call.args;
  const ir::DataType type = call.dtype.element();
  if (op == "likely" && args.size() == 1) return print(args[0]);
  if (op == "if_then_else" && args.size() == 3)
    return {fmt::format("{} ? {} : {}", print(args[0]).at(kOr), print(args[1]).at(kOr), print(args[2]).at(kTernary)), kTernary};
  std::string arguments;
  for (const ir::Expr& arg : args) arguments += (arguments.empty() ? "" : ", ") + print(arg).text;
  if ((op == "isnan" || op == "isinf" || op == "isfinite") && args.size() == 1) return call_of(op, arguments);
  if (type.is_float()) {
    const std::string t = c_type(type), f = type.bits == 32 ? "f" : "";
    if (const std::string function = c_function(op); !function.empty()) return call_of(function + f, arguments);
    const auto one = [&](double v) { return float_text(type, v).text; };
    if (op == "exp10") return call_of("pow" + f, one(10) + ", " + arguments);
    if (op == "rsqrt") return {fmt::format("{} / sqrt{}({})", one(1), f, arguments), kProduct};
    if (op == "sigmoid") return {fmt::format("{} / ({} + exp{}(-{}))", one(1), one(1), f, print(args[0]).at(kUnary)), kProduct};
  }
  if (op == "reinterpret" && args.size() == 1) {
    const ir::DataType from = args[0]->dtype.element();
    const std::string name = fmt::format("{}_of_{}", type_name(type), type_name(from));
    return helper_call(name, fmt::format("{} {}({} x) {{ {} y; memcpy(&y, &x, sizeof y); return y; }}", c_type(type), name, c_type(from), c_type(type)), arguments);
  }
  if ((op == "popcount" || op == "clz") && args.size() == 1) {
    const ir::DataType bits{ir::TypeCode::UInt, args[0]->dtype.bits};
    const std::string name = op + "_" + type_name(bits), t = c_type(bits);
    const std::string body = op == "popcount" ? "int n = 0; for (; x; x &= x - 1) ++n; return n;"
                                              : fmt::format("int n = {}; for (; x; x >>= 1) --n; return n;", bits.bits);
    return helper_call(name, fmt::format("int {}({} x) {{ {} }}", name, t, body), arguments);
  }
  if (op == "bitwise_not" && args.size() == 1) return cast_to(type, {"~" + print(args[0]).at(kUnary), kUnary});
  if (op == "abs" && args.size() == 1) return {fmt::format("{0} < 0 ? -{0} : {0}", print(args[0]).at(kUnary)), kTernary};
  if (args.size() == 2 && !type.is_float()) {
    if (op == "shift_left" || op == "shift_right") return print_shift(call);
    constexpr std::tuple<const char*, const char*, int> kBits[] = {{"bitwise_and", "&", kBitAnd}, {"bitwise_or", "|", kBitOr}, {"bitwise_xor", "^", kBitXor}};
    for (const auto& [name, text, binding] : kBits) {
      if (op != name) continue;
      // Operands tighter than C asks for: compilers warn of mixed levels otherwise.
      const Spelled joined{fmt::format("{} {} {}", print(args[0]).at(kUnary), text, print(args[1]).at(kUnary)), binding};
      return type.bits < 32 ? cast_to(type, {"(" + joined.text + ")"}) : joined;
    }
  }
  throw NotEmitted{"T." + op + " in C"};
}

// A shift by the width or more is undefined in C; in the kernel everything is shifted out.
Spelled CExpressions::print_shift(const ir::Call& call) {
  const ir::DataType type = call.dtype.element();
  const bool is_left = call.op == "shift_left";
  const Spelled a = print(call.args[0]), b = print(call.args[1]);
  const ir::DataType bits{ir::TypeCode::UInt, type.bits};
  if (const auto amount = ir::as_int(call.args[1]); amount && *amount >= 0 && *amount < std::min<int>(type.bits, 32)) {
    const Spelled shifted{fmt::format("{} {} {}", is_left ? cast_to(bits, a).at(kUnary) : a.at(kUnary), is_left ? "<<" : ">>", *amount), kShift};
    return is_left || type.bits < 32 ? cast_to(type, {"(" + shifted.text + ")"}) : shifted;
  }
  const std::string t = c_type(type), name = fmt::format("{}_{}", call.op, type_name(type));
  const std::string all_out = is_left || type.is_uint() ? "0" : fmt::format("a >> {}", type.bits - 1);
  const std::string shifted = is_left ? fmt::format("({})((u{})a << b)", t, type.is_uint() ? t.substr(1) : t) : fmt::format("({})(a >> b)", t);
  return helper_call(name, fmt::format("{0} {1}({0} a, int64_t b) {{ return b < 0 || b >= {2} ? {3} : {4}; }}", t, name, type.bits, all_out, shifted),
                     a.text + ", " + b.text);
}

}  // namespace loopglass::emit
