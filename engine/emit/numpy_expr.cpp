#include "engine/emit/numpy_expr.h"

#include <fmt/format.h>

#include <cmath>

#include "engine/ir/llvm_intrinsic.h"

namespace loopglass::emit {

using ir::ExprKind;

std::string numpy_type(ir::DataType type) {
  if (type.code == ir::TypeCode::BFloat) throw NotEmitted{"bfloat16 in NumPy"};
  if (type.code == ir::TypeCode::Handle || type.code == ir::TypeCode::Void) throw NotEmitted{"a pointer in NumPy"};
  return type.is_bool() ? "bool_" : ir::to_string(type.element());
}

namespace {

struct Operator {
  const char* text;
  int binding;
};
Operator operator_of(ExprKind kind) {
  switch (kind) {
    case ExprKind::Add: return {"+", kSum};
    case ExprKind::Sub: return {"-", kSum};
    case ExprKind::Mul: return {"*", kProduct};
    case ExprKind::Div: return {"/", kProduct};
    case ExprKind::FloorDiv: return {"//", kProduct};
    case ExprKind::FloorMod: return {"%", kProduct};
    case ExprKind::EQ: return {"==", kCompare};
    case ExprKind::NE: return {"!=", kCompare};
    case ExprKind::LT: return {"<", kCompare};
    case ExprKind::LE: return {"<=", kCompare};
    case ExprKind::GT: return {">", kCompare};
    case ExprKind::GE: return {">=", kCompare};
    case ExprKind::And: return {"and", kAnd};
    case ExprKind::Or: return {"or", kOr};
    default: return {"", kPrimary};
  }
}

// The shortest text that reads back as this double: always with a point or an exponent.
std::string float_text(double value) {
  if (std::isnan(value)) return "np.nan";
  if (std::isinf(value)) return value > 0 ? "np.inf" : "-np.inf";
  std::string text = fmt::format("{}", value);
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

Spelled plain_float(double value) { return {float_text(value), value < 0 || std::signbit(value) ? kUnary : kPrimary}; }

Spelled call_of(const std::string& function, const std::string& arguments) { return {function + "(" + arguments + ")"}; }

bool gives_python_bool(const ir::Expr& e) { return e->dtype.is_bool() && e->kind != ExprKind::BufferLoad; }

// max(a, b) is a > b ? a : b in the kernel. Python's max keeps its first argument unless a later one is greater: with floats the order is
// turned, so that NaN and -0.0 come out alike.
Spelled larger_or_smaller(ExprKind kind, const Spelled& a, const Spelled& b, ir::DataType type) {
  const bool is_max = kind == ExprKind::Max;
  if (type.lanes != 1) return call_of("np.where", fmt::format("{} {} {}, {}, {}", a.at(kBitOr), is_max ? ">" : "<", b.at(kBitOr), a.text, b.text));
  return call_of(is_max ? "max" : "min", type.is_float() ? b.text + ", " + a.text : a.text + ", " + b.text);
}

const char* numpy_function(const std::string& op) {
  constexpr std::pair<const char*, const char*> kNames[] = {
      {"exp", "exp"},     {"exp2", "exp2"},   {"log", "log"},       {"log2", "log2"},     {"log10", "log10"},   {"log1p", "log1p"},
      {"sqrt", "sqrt"},   {"tanh", "tanh"},   {"fabs", "abs"},      {"abs", "abs"},       {"floor", "floor"},   {"ceil", "ceil"},
      {"trunc", "trunc"}, {"round", "rint"},  {"nearbyint", "rint"}, {"sin", "sin"},      {"cos", "cos"},       {"tan", "tan"},
      {"asin", "arcsin"}, {"acos", "arccos"}, {"atan", "arctan"},   {"sinh", "sinh"},     {"cosh", "cosh"},     {"asinh", "arcsinh"},
      {"acosh", "arccosh"}, {"atanh", "arctanh"}, {"pow", "power"}, {"atan2", "arctan2"}, {"fmod", "fmod"},     {"hypot", "hypot"},
      {"copysign", "copysign"}, {"isnan", "isnan"}, {"isinf", "isinf"}, {"isfinite", "isfinite"}, {"ldexp", "ldexp"}};
  for (const auto& [tvm, numpy] : kNames)
    if (op == tvm) return numpy;
  return nullptr;
}

}  // namespace

std::string NumpyExpressions::index(const ir::Expr& e) {
  const auto* ramp = ir::as<ir::Ramp>(e);
  if (!ramp) return print(e).text;
  const auto stride = ir::as_int(ramp->stride);
  if (!stride || *stride <= 0) return print(e).text;
  const Spelled base = print(ramp->base);
  const int64_t reach = *stride * ramp->dtype.lanes;
  const auto start = ir::as_int(ramp->base);
  const std::string end = start ? std::to_string(*start + reach) : fmt::format("{} + {}", base.at(kSum), reach);
  return *stride == 1 ? fmt::format("{}:{}", base.text, end) : fmt::format("{}:{}:{}", base.text, end, *stride);
}

std::string NumpyExpressions::element(const ir::Buffer& buffer, const std::vector<ir::Expr>& indices) {
  if (indices.empty()) return name(buffer) + "[()]";
  std::string text;
  for (const ir::Expr& e : indices) text += (text.empty() ? "" : ", ") + index(without_lets(e));
  return name(buffer) + "[" + text + "]";
}

Spelled NumpyExpressions::typed(const ir::Expr& e) {
  if (e->dtype.is_bool() || !is_index(e)) return print(e);
  return call_of("np." + numpy_type(e->dtype), print(e).text);
}

Spelled NumpyExpressions::branch(const Spelled& condition, const Spelled& yes, const Spelled& no, bool is_vector) {
  if (is_vector) return call_of("np.where", fmt::format("{}, {}, {}", condition.text, yes.text, no.text));
  return {fmt::format("{} if {} else {}", yes.at(kOr), condition.at(kOr), no.at(kTernary)), kTernary};
}

// Constants on the way to an array element take its type when they are stored; under max, min and a choice too.
Spelled NumpyExpressions::print_stored(const ir::Expr& e) {
  if (const auto* imm = ir::as<ir::FloatImm>(e)) return plain_float(imm->value);
  if (const auto* broadcast = ir::as<ir::Broadcast>(e)) return print_stored(broadcast->value);
  const bool is_vector = e->dtype.lanes != 1;
  if ((e->kind == ExprKind::Max || e->kind == ExprKind::Min) && !is_vector) {
    const auto& b = ir::get<ir::Binary>(e);
    return larger_or_smaller(e->kind, print_stored(b.a), print_stored(b.b), e->dtype);
  }
  if (const auto* select = ir::as<ir::Select>(e); select && !is_vector)
    return branch(print(select->condition), print_stored(select->true_value), print_stored(select->false_value), false);
  if (const auto* call = ir::as<ir::Call>(e); call && call->op == "if_then_else" && call->args.size() == 3 && !is_vector)
    return branch(print(call->args[0]), print_stored(call->args[1]), print_stored(call->args[2]), false);
  return print(e);
}

Spelled NumpyExpressions::print(const ir::Expr& e) {
  switch (e->kind) {
    case ExprKind::IntImm: {
      const int64_t value = ir::get<ir::IntImm>(e).value;
      if (e->dtype.is_bool()) return {value ? "True" : "False"};
      if (e->dtype.is_uint()) return call_of("np." + numpy_type(e->dtype), fmt::format("{}", static_cast<uint64_t>(value)));
      return {std::to_string(value), value < 0 ? kUnary : kPrimary};
    }
    case ExprKind::FloatImm: {
      const double value = ir::get<ir::FloatImm>(e).value;
      return e->dtype.bits == 64 ? plain_float(value) : call_of("np." + numpy_type(e->dtype), float_text(value));
    }
    case ExprKind::Var: {
      const std::string& name = static_cast<const ir::VarNode*>(e.get())->name;
      return e->dtype.is_float() ? call_of("np." + numpy_type(e->dtype), name) : Spelled{name};
    }
    case ExprKind::Not: {
      const ir::Expr& a = ir::get<ir::Not>(e).a;
      return e->dtype.lanes != 1 ? call_of("np.logical_not", print(a).text) : Spelled{"not " + print(a).at(kNot), kNot};
    }
    case ExprKind::Cast: return print_cast(ir::get<ir::Cast>(e));
    case ExprKind::Select: {
      const auto& s = ir::get<ir::Select>(e);
      const bool plain = is_index(e);
      return branch(print(s.condition), plain ? print(s.true_value) : typed(s.true_value), plain ? print(s.false_value) : typed(s.false_value),
                    s.condition->dtype.lanes != 1);
    }
    case ExprKind::Ramp: {
      const auto& ramp = ir::get<ir::Ramp>(e);
      return {fmt::format("{} + {} * np.arange({})", print(ramp.base).at(kSum), print(ramp.stride).at(kProduct), ramp.dtype.lanes), kSum};
    }
    case ExprKind::Broadcast: return typed(ir::get<ir::Broadcast>(e).value);
    case ExprKind::BufferLoad: {
      const auto& load = ir::get<ir::BufferLoad>(e);
      return {element(load.buffer, load.indices)};
    }
    case ExprKind::Call: return print_call(ir::get<ir::Call>(e));
    default: break;
  }
  if (const auto* binary = ir::as<ir::Binary>(e)) return print_binary(*binary);
  throw NotEmitted{"this expression in NumPy"};
}

Spelled NumpyExpressions::print_binary(const ir::Binary& e) {
  const auto whole = std::make_shared<const ir::Binary>(e.kind, e.dtype, e.a, e.b);
  const bool plain = is_index(whole), compares = ir::is_comparison(e.kind), is_vector = e.dtype.lanes != 1;
  // A comparison with a whole number or an exact constant means the same without a type.
  const auto operand = [&](const ir::Expr& x) -> Spelled {
    if (plain) return print(x);
    if (const auto* imm = ir::as<ir::FloatImm>(x); imm && compares && static_cast<float>(imm->value) == imm->value && e.a->dtype.bits >= 32) return plain_float(imm->value);
    return compares ? print(x) : typed(x);
  };
  if (e.kind == ExprKind::Max || e.kind == ExprKind::Min) {
    return larger_or_smaller(e.kind, operand(e.a), operand(e.b), e.dtype);
  }
  if (!e.dtype.is_float() && (e.kind == ExprKind::Div || e.kind == ExprKind::Mod)) {
    needs_truncdiv = true;
    return call_of(e.kind == ExprKind::Div ? "truncdiv" : "truncmod", operand(e.a).text + ", " + operand(e.b).text);
  }
  if (e.kind == ExprKind::Mod) return call_of("np.fmod", operand(e.a).text + ", " + operand(e.b).text);
  if (is_vector && (e.kind == ExprKind::And || e.kind == ExprKind::Or))
    return call_of(e.kind == ExprKind::And ? "np.logical_and" : "np.logical_or", print(e.a).text + ", " + print(e.b).text);
  const auto [text, binding] = operator_of(e.kind);
  // Comparisons chain in Python: both sides bind tighter.
  const int left = compares ? binding + 1 : binding;
  return {fmt::format("{} {} {}", operand(e.a).at(left), text, operand(e.b).at(binding + 1)), binding};
}

Spelled NumpyExpressions::print_cast(const ir::Cast& cast) {
  const ir::DataType from = cast.value->dtype, to = cast.dtype;
  const std::string type = "np." + numpy_type(to);
  if (is_index(cast.value)) {
    const bool keeps = to.is_int() && from.is_int() && to.bits >= from.bits;
    if (keeps) return print(cast.value);
    if (to.is_float() || (to.is_int() && from.is_bool())) return call_of(type, print(cast.value).text);
    if (to.is_bool()) return {print(cast.value).at(kBitOr) + " != 0", kCompare};
    return call_of(fmt::format("np.int64({}).astype", print(cast.value).text), type);
  }
  if (to.is_bool()) return {print(cast.value).at(kBitOr) + " != 0", kCompare};
  if (gives_python_bool(cast.value) && from.lanes == 1) return call_of(type, print(cast.value).text);
  return call_of(print(cast.value).at(kPrimary) + ".astype", type);
}

Spelled NumpyExpressions::print_call(const ir::Call& call) {
  if (call.op == ir::kLlvmPureIntrinsic) throw NotEmitted{"LLVM's operators on vectors in NumPy"};
  const std::string& op = call.op;
  const auto& args = call.args;
  const bool is_float = call.dtype.is_float();
  if (op == "likely" && args.size() == 1) return print(args[0]);
  if (op == "if_then_else" && args.size() == 3)
    return branch(print(args[0]), is_index(args[1]) && is_index(args[2]) ? print(args[1]) : typed(args[1]),
                  is_index(args[1]) && is_index(args[2]) ? print(args[2]) : typed(args[2]), args[0]->dtype.lanes != 1);
  const auto arguments = [&] {
    std::string text;
    for (const ir::Expr& arg : args) text += (text.empty() ? "" : ", ") + typed(arg).text;
    return text;
  };
  if (const char* function = numpy_function(op)) return call_of(std::string("np.") + function, arguments());
  const auto one = [&](double v) { return print(ir::make_float(v, call.dtype.element())).text; };
  if (args.size() == 1 && is_float) {
    const Spelled a = typed(args[0]);
    if (op == "exp10") return call_of("np.power", one(10) + ", " + a.text);
    if (op == "rsqrt") return {fmt::format("{} / np.sqrt({})", one(1), a.text), kProduct};
    if (op == "sigmoid") return {fmt::format("{} / ({} + np.exp(-{}))", one(1), one(1), a.at(kUnary)), kProduct};
    if (op == "erf" && call.dtype.lanes == 1) {
      needs_math = true;
      return call_of("np." + numpy_type(call.dtype), fmt::format("math.erf({})", a.text));
    }
  }
  if (op == "fma" && args.size() == 3)
    return call_of(fmt::format("(np.float64({}) * np.float64({}) + np.float64({})).astype", typed(args[0]).text, typed(args[1]).text, typed(args[2]).text),
                 "np." + numpy_type(call.dtype));
  if (op == "reinterpret" && args.size() == 1) return call_of(typed(args[0]).at(kPrimary) + ".view", "np." + numpy_type(call.dtype));
  if (op == "bitwise_not" && args.size() == 1) return {"~" + typed(args[0]).at(kUnary), kUnary};
  if (args.size() == 2 && !is_float) {
    constexpr std::tuple<const char*, const char*, int> kBits[] = {{"bitwise_and", "&", kBitAnd}, {"bitwise_or", "|", kBitOr}, {"bitwise_xor", "^", kBitXor},
                                                                   {"shift_left", "<<", kShift}, {"shift_right", ">>", kShift}};
    for (const auto& [name, text, binding] : kBits)
      if (op == name) return {fmt::format("{} {} {}", typed(args[0]).at(binding), text, typed(args[1]).at(binding + 1)), binding};
  }
  if ((op == "popcount" || op == "clz") && args.size() == 1 && call.dtype.lanes == 1) {
    const int bits = args[0]->dtype.bits;
    const std::string pattern = fmt::format("int({}) & 0x{:x}", typed(args[0]).text, bits == 64 ? UINT64_MAX : (uint64_t{1} << bits) - 1);
    if (op == "popcount") return call_of("np." + numpy_type(call.dtype), fmt::format("bin({}).count(\"1\")", pattern));
    return call_of("np." + numpy_type(call.dtype), fmt::format("{} - ({}).bit_length()", bits, pattern));
  }
  throw NotEmitted{"T." + op + " in NumPy"};
}

}  // namespace loopglass::emit
