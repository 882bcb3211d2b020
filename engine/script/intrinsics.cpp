// The functions of T that make expressions, each built as TVM's function of that name builds it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "engine/ir/op.h"
#include "engine/script/evaluator.h"

namespace loopglass::script {
namespace {

using ir::DataType;
using ir::Expr;
using ir::ExprKind;

// What the evaluator's errors need beside the arguments.
struct CallSite {
  Evaluator& evaluator;
  std::string_view name;
  const Syntax& syntax;

  [[noreturn]] void mismatch(const std::string& message, std::string help = {}) const { evaluator.mismatch(syntax.span, message, std::move(help)); }
  std::vector<Expr> expressions(size_t least, size_t most) const {
    std::vector<Expr> result;
    for (const Argument& a : evaluator.positional(syntax)) result.push_back(evaluator.to_expr(a.value, a.span));
    if (result.size() < least || result.size() > most)
      mismatch(least == most ? fmt::format("T.{} takes {} argument{}, {} given", name, least, least == 1 ? "" : "s", result.size() == 1 ? "1 is" : fmt::format("{} are", result.size()))
                             : fmt::format("T.{} takes {} to {} arguments, {} are given", name, least, most, result.size()));
    return result;
  }
  DataType common(const Expr& a, const Expr& b) const {
    if (const auto type = ir::common_type(a->dtype, b->dtype)) return *type;
    mismatch(fmt::format("{} and {} have no common type", describe({a}), describe({b})));
  }
  void need_float(const Expr& e) const {
    if (!e->dtype.is_float()) mismatch(fmt::format("T.{} needs a float, this is {}", name, describe({e})), "cast it: T.Cast(\"float32\", x)");
  }
  void need_integers(const Expr& a, const Expr& b) const {
    for (const Expr* e : {&a, &b})
      if (!(*e)->dtype.is_integral()) mismatch(fmt::format("T.{} needs integers, this is {}", name, describe({*e})));
  }
  void need_divisor(const Expr& b) const {
    if (ir::is_zero(b)) mismatch("division by zero");
  }
};

struct BinaryOperator {
  std::string_view python, node;  // "+", "Add"
  ExprKind kind;
};
constexpr std::array<BinaryOperator, 15> kOperators = {{
    {"+", "Add", ExprKind::Add}, {"-", "Sub", ExprKind::Sub}, {"*", "Mul", ExprKind::Mul}, {"/", "Div", ExprKind::Div},
    {"", "Mod", ExprKind::Mod}, {"//", "FloorDiv", ExprKind::FloorDiv}, {"%", "FloorMod", ExprKind::FloorMod},
    {"", "Min", ExprKind::Min}, {"", "Max", ExprKind::Max}, {"==", "EQ", ExprKind::EQ}, {"!=", "NE", ExprKind::NE},
    {"<", "LT", ExprKind::LT}, {"<=", "LE", ExprKind::LE}, {">", "GT", ExprKind::GT}, {">=", "GE", ExprKind::GE},
}};

std::string_view bit_function(std::string_view op) {
  return op == "<<" ? "shift_left" : op == ">>" ? "shift_right" : op == "&" ? "bitwise_and" : op == "|" ? "bitwise_or" : op == "^" ? "bitwise_xor" : "";
}

bool is_index(DataType t) { return t.is_int() && t.bits >= 32 && t.is_scalar(); }

// Folds as TVM does: constants of index types alone.
Expr bit_operation(const CallSite& site, std::string_view function, const Expr& left, const Expr& right) {
  const bool is_shift = function.starts_with("shift");
  for (const Expr* e : {&left, &right})
    if (!(*e)->dtype.is_integral() && (is_shift || !(*e)->dtype.is_bool()))
      site.mismatch(fmt::format("bit operations need integers, this is {}", describe({*e})));
  const DataType type = site.common(left, right);
  const Expr a = ir::cast(type, left), b = ir::cast(type, right);
  const auto x = ir::as_int(a), y = ir::as_int(b);
  if (is_index(type) && y && is_shift) {
    if (*y < 0 || *y >= type.bits) site.mismatch(fmt::format("a shift by {} has no meaning for {}", *y, ir::to_string(type)));
    if (*y == 0 && !x) return a;
  }
  if (is_index(type) && x && y) {
    const uint64_t bits = static_cast<uint64_t>(*x);
    const int64_t value = function == "shift_left" ? static_cast<int64_t>(bits << *y) : function == "shift_right" ? *x >> *y
                          : function == "bitwise_and" ? (*x & *y) : function == "bitwise_or" ? (*x | *y) : (*x ^ *y);
    return ir::cast(type, ir::make_int(value, ir::kInt64));
  }
  return ir::make_call(type, std::string(function), {a, b});
}

Expr arithmetic(const CallSite& site, ExprKind kind, const Expr& a, const Expr& b) {
  site.common(a, b);
  const bool is_integer_division = kind == ExprKind::FloorDiv || kind == ExprKind::FloorMod;
  if (is_integer_division) site.need_integers(a, b);
  if (is_integer_division || kind == ExprKind::Div || kind == ExprKind::Mod) site.need_divisor(b);
  return ir::fold_binary(kind, a, b);
}

// ---- Functions by name ----

Expr float_min_or_max(const CallSite& site, DataType type, bool is_max) {
  if (type.is_float()) {
    const double largest = type.code == ir::TypeCode::BFloat || type.bits == 32 ? std::numeric_limits<float>::max() : type.bits == 64 ? std::numeric_limits<double>::max() : 65504.0;
    return ir::make_float(is_max ? largest : -largest, type);
  }
  if (!type.is_integral()) site.mismatch(fmt::format("{} has no largest value", ir::to_string(type)));
  if (type.is_uint()) return ir::make_int(!is_max ? 0 : type.bits == 64 ? -1 : (int64_t{1} << type.bits) - 1, type);
  const int64_t smallest = type.bits == 64 ? std::numeric_limits<int64_t>::min() : -(int64_t{1} << (type.bits - 1));
  return ir::make_int(is_max ? -(smallest + 1) : smallest, type);
}

Expr limit(const CallSite& site) {
  const auto args = site.evaluator.bind(site.syntax, {"dtype"}, 1);
  const DataType type = site.evaluator.type(*args[0]);
  if (site.name != "infinity") return float_min_or_max(site, type, site.name == "max_value");
  if (!type.is_float()) site.mismatch(fmt::format("{} has no infinity", ir::to_string(type)));
  return ir::make_float(std::numeric_limits<double>::infinity(), type);
}

Expr absolute(const CallSite& site, const Expr& x) {
  if (const auto* f = ir::as<ir::FloatImm>(x)) return ir::make_float(std::fabs(f->value), x->dtype);
  if (const auto* i = ir::as<ir::IntImm>(x)) return ir::make_int(i->value < 0 ? -i->value : i->value, x->dtype);
  if (x->dtype.is_float()) return ir::make_call(x->dtype, "fabs", {x});
  if (x->dtype.is_uint()) return x;
  if (!x->dtype.is_int()) site.mismatch(fmt::format("T.{} has no meaning for {}", site.name, describe({x})));
  const Expr zero = ir::cast(x->dtype, ir::make_int(0));
  return std::make_shared<const ir::Select>(ir::ge(x, zero), x, ir::sub(zero, x));
}

Expr rounding(const CallSite& site, const Expr& x) {
  if (x->dtype.is_integral() || x->dtype.is_bool()) return x;
  site.need_float(x);
  if (const auto* f = ir::as<ir::FloatImm>(x)) {
    const double value = site.name == "floor" ? std::floor(f->value) : site.name == "ceil" ? std::ceil(f->value) : site.name == "trunc" ? std::trunc(f->value) : std::nearbyint(f->value);
    return ir::make_float(value, x->dtype);
  }
  return ir::make_call(x->dtype, std::string(site.name), {x});
}

Expr is_nan(const Expr& x) {
  if (!x->dtype.is_float()) return ir::make_bool(false);
  if (const auto* f = ir::as<ir::FloatImm>(x)) return ir::make_bool(std::isnan(f->value));
  const DataType result = ir::kBool.with_lanes(x->dtype.lanes);
  return ir::make_call(result, "isnan", {x->dtype.bits == 16 ? ir::cast(ir::kFloat32.with_lanes(x->dtype.lanes), x) : x});
}

Expr is_inf(const CallSite& site, const Expr& x) {
  if (!x->dtype.is_float()) return ir::make_bool(false);
  const Expr infinity = ir::make_float(std::numeric_limits<double>::infinity(), x->dtype.element());
  return ir::logical_and(ir::eq(absolute(site, x), infinity), ir::logical_not(is_nan(x)));
}

// T.reinterpret("int32", x), T.call_extern("float32", "foo", x): the type comes first.
Expr typed_call(const CallSite& site) {
  const Syntax& call = site.syntax;
  if (call.children.size() < 2) site.mismatch(fmt::format("T.{} needs a type and its arguments", site.name));
  const bool is_keyword = call.child(1)->kind == SyntaxKind::Keyword;
  const DataType type = site.evaluator.type(is_keyword ? *call.child(1)->child(0) : *call.child(1));
  std::vector<Expr> args;
  for (size_t i = 2; i < call.children.size(); ++i) args.push_back(site.evaluator.expression(*call.child(i)));
  if (site.name == "reinterpret") {
    if (args.size() != 1) site.mismatch("T.reinterpret takes a type and a value");
    const DataType from = args[0]->dtype;
    if (from == type) return args[0];
    if (from.bits * from.lanes != type.bits * type.lanes)
      site.mismatch(fmt::format("{} and {} have different sizes", ir::to_string(from), ir::to_string(type)));
  } else if (site.name == "call_intrin" && !args.empty() && ir::as<ir::StringImm>(args[0])) {
    std::string op = ir::get<ir::StringImm>(args[0]).value;
    if (const size_t dot = op.find('.'); dot != std::string::npos) op = op.substr(dot + 1);
    return ir::make_call(type, op, {args.begin() + 1, args.end()});
  }
  return ir::make_call(type, std::string(site.name), std::move(args));
}

// T.Add(i, 0): the node itself, nothing folded.
Expr plain_node(const CallSite& site, ExprKind kind) {
  const auto args = site.expressions(2, 2);
  const DataType type = site.common(args[0], args[1]);
  if (kind == ExprKind::Div || kind == ExprKind::Mod || kind == ExprKind::FloorDiv || kind == ExprKind::FloorMod) site.need_divisor(args[1]);
  return ir::make_binary(kind, ir::cast(type, args[0]), ir::cast(type, args[1]));
}

Expr vector_node(const CallSite& site) {
  const bool is_ramp = site.name == "Ramp" || site.name == "ramp";
  const auto args = is_ramp ? site.evaluator.bind(site.syntax, {"base", "stride", "lanes"}, 3) : site.evaluator.bind(site.syntax, {"value", "lanes"}, 2);
  const int64_t lanes = site.evaluator.constant_integer(*args.back());
  if (lanes < 2 || lanes > 4096) site.mismatch(fmt::format("a vector of {} elements", lanes), "vectors have from 2 to 4096 elements");
  const Expr value = site.evaluator.expression(*args[0]);
  if (!value->dtype.is_scalar()) site.mismatch(fmt::format("T.{} needs one value, this is {}", site.name, describe({value})));
  if (!is_ramp) return std::make_shared<const ir::Broadcast>(value, static_cast<int>(lanes));
  if (!value->dtype.is_integral()) site.mismatch(fmt::format("T.Ramp needs integers, this is {}", describe({value})));
  return std::make_shared<const ir::Ramp>(value, ir::cast(value->dtype, site.evaluator.integer(*args[1])), static_cast<int>(lanes));
}

Expr cast_node(const CallSite& site) {
  // T.Cast(type, value) and T.cast(value, type).
  const bool is_node = site.name == "Cast";
  const auto args = is_node ? site.evaluator.bind(site.syntax, {"dtype", "value"}, 2) : site.evaluator.bind(site.syntax, {"value", "dtype"}, 2);
  const DataType to = site.evaluator.type(*args[is_node ? 0 : 1]);
  const Expr value = site.evaluator.expression(*args[is_node ? 1 : 0]);
  if (!ir::common_type(value->dtype.element(), to.element()) || (value->dtype.lanes != to.lanes && (is_node || !value->dtype.is_scalar())))
    site.mismatch(fmt::format("{} cannot be cast to {}", describe({value}), ir::to_string(to)));
  if (is_node) return std::make_shared<const ir::Cast>(to, value);
  return ir::cast(to, value);
}

Expr choice(const CallSite& site) {
  const auto args = site.expressions(3, 3);
  if (!args[0]->dtype.is_bool()) site.mismatch(fmt::format("the first argument of T.{} is a condition, this is {}", site.name, describe({args[0]})));
  site.common(args[1], args[2]);
  if (site.name == "Select" && args[1]->dtype != args[2]->dtype)
    site.mismatch(fmt::format("the two values of T.Select are {} and {}", describe({args[1]}), describe({args[2]})), "cast one of them: T.Cast(\"float32\", x)");
  return site.name == "Select" ? ir::select(args[0], args[1], args[2]) : ir::if_then_else(args[0], args[1], args[2]);
}

// T.Let(body, where={x: value}).
Expr let_expression(const CallSite& site) {
  const auto args = site.evaluator.bind(site.syntax, {"expr", "where"}, 2);
  if (args[1]->kind != SyntaxKind::Dict || args[1]->children.size() != 2) site.mismatch("T.Let takes where={variable: value}");
  const ir::Var var = ir::as_var(site.evaluator.expression(*args[1]->child(0)));
  if (!var) site.mismatch("T.Let takes where={variable: value}");
  const Expr value = site.evaluator.expression(*args[1]->child(1));
  return std::make_shared<const ir::Let>(var, value, site.evaluator.expression(*args[0]));
}

Expr matched_pair(const CallSite& site, ExprKind kind) {
  const auto args = site.expressions(2, 2);
  if (site.name == "truncdiv" || site.name == "ceildiv") site.need_integers(args[0], args[1]);
  if (site.name == "ceildiv") {
    site.common(args[0], args[1]);
    site.need_divisor(args[1]);
    return ir::ceildiv(args[0], args[1]);
  }
  return arithmetic(site, kind, args[0], args[1]);
}

Expr power(const CallSite& site) {
  const auto args = site.expressions(2, 2);
  const DataType type = site.common(args[0], args[1]);
  if (!type.is_float()) site.mismatch(fmt::format("T.{} needs floats, these are {} and {}", site.name, describe({args[0]}), describe({args[1]})));
  return ir::make_call(type, "pow", {ir::cast(type, args[0]), ir::cast(type, args[1])});
}

// Functions that are a call and nothing else.
struct PlainCall {
  enum class Result { First, Int32, Bool, Void, Handle };
  std::string_view name;
  size_t least, most;
  Result result;
  bool needs_float = false;
};
using Result = PlainCall::Result;
constexpr size_t kAny = 64;
constexpr PlainCall kPlainCalls[] = {
    {"acos", 1, 1, Result::First, true}, {"acosh", 1, 1, Result::First, true}, {"asin", 1, 1, Result::First, true},
    {"asinh", 1, 1, Result::First, true}, {"atan", 1, 1, Result::First, true}, {"atanh", 1, 1, Result::First, true},
    {"cos", 1, 1, Result::First, true}, {"cosh", 1, 1, Result::First, true}, {"erf", 1, 1, Result::First, true},
    {"exp", 1, 1, Result::First, true}, {"exp10", 1, 1, Result::First, true}, {"exp2", 1, 1, Result::First, true},
    {"log", 1, 1, Result::First, true}, {"log10", 1, 1, Result::First, true}, {"log1p", 1, 1, Result::First, true},
    {"log2", 1, 1, Result::First, true}, {"rsqrt", 1, 1, Result::First, true}, {"sigmoid", 1, 1, Result::First, true},
    {"sin", 1, 1, Result::First, true}, {"sinh", 1, 1, Result::First, true}, {"sqrt", 1, 1, Result::First, true},
    {"tan", 1, 1, Result::First, true}, {"tanh", 1, 1, Result::First, true}, {"atan2", 2, 2, Result::First},
    {"copysign", 2, 2, Result::First}, {"fma", 3, 3, Result::First}, {"fmod", 2, 2, Result::First}, {"hypot", 2, 2, Result::First},
    {"ldexp", 2, 2, Result::First}, {"nextafter", 2, 2, Result::First}, {"popcount", 1, 1, Result::First},
    {"tvm_thread_invariant", 1, 1, Result::First}, {"clz", 1, 1, Result::Int32}, {"q_multiply_shift", 4, 4, Result::Int32},
    {"q_multiply_shift_per_axis", 7, 7, Result::Int32}, {"call_packed", 1, kAny, Result::Int32}, {"call_cpacked", 1, kAny, Result::Int32},
    {"vscale", 0, 0, Result::Int32}, {"undef", 0, 0, Result::Int32}, {"assume", 1, 1, Result::Bool}, {"isnullptr", 1, 1, Result::Bool},
    {"ignore_loop_partition", 1, 1, Result::Bool}, {"tvm_access_ptr", 5, 5, Result::Handle}, {"address_of", 1, 1, Result::Handle},
    {"tvm_storage_sync", 1, 3, Result::Void}, {"tvm_thread_allreduce", 1, kAny, Result::Void}, {"tvm_tuple", 0, kAny, Result::Void},
    {"tvm_fill_fragment", 6, 6, Result::Void}, {"tvm_load_matrix_sync", 8, 8, Result::Void}, {"tvm_mma_sync", 8, 8, Result::Void},
    {"tvm_store_matrix_sync", 8, 8, Result::Void}};

Expr plain_call(const CallSite& site, const PlainCall& f) {
  std::vector<Expr> args = site.expressions(f.least, f.most);
  if (f.needs_float) site.need_float(args[0]);
  const DataType type = f.result == Result::First ? args[0]->dtype : f.result == Result::Int32 ? ir::kInt32 : f.result == Result::Bool ? ir::kBool : f.result == Result::Handle ? ir::kHandle : ir::kVoid;
  return ir::make_call(type, std::string(f.name), std::move(args));
}

using Function = Expr (*)(const CallSite&);

Expr one(const CallSite& site, Expr (*f)(const CallSite&, const Expr&)) { return f(site, site.expressions(1, 1)[0]); }

const std::map<std::string_view, Function>& functions() {
  static const std::map<std::string_view, Function> kFunctions = {
      {"Broadcast", vector_node}, {"Ramp", vector_node}, {"broadcast", vector_node}, {"ramp", vector_node},
      {"Cast", cast_node}, {"cast", cast_node}, {"Let", let_expression}, {"Select", choice}, {"if_then_else", choice},
      {"max_value", limit}, {"min_value", limit}, {"infinity", limit}, {"pow", power}, {"power", power},
      {"reinterpret", typed_call}, {"call_extern", typed_call}, {"call_pure_extern", typed_call}, {"call_intrin", typed_call},
      {"call_llvm_intrin", typed_call}, {"call_llvm_pure_intrin", typed_call}, {"vectorlow", typed_call}, {"vectorhigh", typed_call},
      {"vectorcombine", typed_call}, {"get_active_lane_mask", typed_call}, {"type_annotation", typed_call},
      {"abs", [](const CallSite& s) { return one(s, absolute); }}, {"fabs", [](const CallSite& s) { return one(s, absolute); }},
      {"floor", [](const CallSite& s) { return one(s, rounding); }}, {"ceil", [](const CallSite& s) { return one(s, rounding); }},
      {"round", [](const CallSite& s) { return one(s, rounding); }}, {"trunc", [](const CallSite& s) { return one(s, rounding); }},
      {"nearbyint", [](const CallSite& s) { return one(s, rounding); }},
      {"isnan", [](const CallSite& s) { return is_nan(s.expressions(1, 1)[0]); }},
      {"isinf", [](const CallSite& s) { return one(s, is_inf); }},
      {"isfinite", [](const CallSite& s) {
         const Expr x = s.expressions(1, 1)[0];
         return ir::logical_and(ir::logical_not(is_inf(s, x)), ir::logical_not(is_nan(x)));
       }},
      {"assume", [](const CallSite& s) { return ir::make_call(ir::kBool, "assume", {s.expressions(1, 1)[0]}); }},
      {"likely", [](const CallSite& s) { return ir::likely(s.expressions(1, 1)[0]); }},
      {"Not", [](const CallSite& s) {
         const Expr a = s.expressions(1, 1)[0];
         if (!a->dtype.is_bool()) s.mismatch(fmt::format("T.Not needs a condition, this is {}", describe({a})));
         return Expr(std::make_shared<const ir::Not>(a));
       }},
      {"And", [](const CallSite& s) { return plain_node(s, ExprKind::And); }}, {"Or", [](const CallSite& s) { return plain_node(s, ExprKind::Or); }},
      {"min", [](const CallSite& s) { return matched_pair(s, ExprKind::Min); }}, {"max", [](const CallSite& s) { return matched_pair(s, ExprKind::Max); }},
      {"div", [](const CallSite& s) { return matched_pair(s, ExprKind::Div); }}, {"truncdiv", [](const CallSite& s) { return matched_pair(s, ExprKind::Div); }},
      {"truncmod", [](const CallSite& s) { return matched_pair(s, ExprKind::Mod); }}, {"ceildiv", [](const CallSite& s) { return matched_pair(s, ExprKind::FloorDiv); }},
      {"floordiv", [](const CallSite& s) { return matched_pair(s, ExprKind::FloorDiv); }}, {"floormod", [](const CallSite& s) { return matched_pair(s, ExprKind::FloorMod); }},
      {"bitwise_not", [](const CallSite& s) {
         const Expr a = s.expressions(1, 1)[0];
         if (!a->dtype.is_integral() && !a->dtype.is_bool()) s.mismatch(fmt::format("T.bitwise_not needs an integer, this is {}", describe({a})));
         return ir::make_call(a->dtype, "bitwise_not", {a});
       }},
  };
  return kFunctions;
}

}  // namespace

std::optional<Value> call_intrinsic(Evaluator& evaluator, std::string_view name, const Syntax& call) {
  const CallSite site{evaluator, name, call};
  if (const auto found = functions().find(name); found != functions().end()) return Value{found->second(site)};
  for (const BinaryOperator& op : kOperators)
    if (op.node == name) return Value{plain_node(site, op.kind)};
  for (std::string_view bit : {"shift_left", "shift_right", "bitwise_and", "bitwise_or", "bitwise_xor"}) {
    if (bit != name) continue;
    const auto args = site.expressions(2, 2);
    return Value{bit_operation(site, bit, args[0], args[1])};
  }
  for (const PlainCall& f : kPlainCalls)
    if (f.name == name) return Value{plain_call(site, f)};
  return std::nullopt;
}

std::span<const std::string_view> intrinsic_names() {
  static const std::vector<std::string_view> kNames = [] {
    std::vector<std::string_view> names{"shift_left", "shift_right", "bitwise_and", "bitwise_or", "bitwise_xor"};
    for (const auto& [name, f] : functions()) names.push_back(name);
    for (const BinaryOperator& op : kOperators) names.push_back(op.node);
    for (const PlainCall& f : kPlainCalls) names.push_back(f.name);
    return names;
  }();
  return kNames;
}

Expr apply_operator(Evaluator& evaluator, std::string_view op, const Expr& a, const Expr& b, SourceSpan span) {
  const Syntax here{SyntaxKind::Binary, span, op, {}, 1};
  const CallSite site{evaluator, op, here};
  if (const std::string_view bit = bit_function(op); !bit.empty()) return bit_operation(site, bit, a, b);
  for (const BinaryOperator& candidate : kOperators) {
    if (candidate.python != op) continue;
    if (!ir::common_type(a->dtype, b->dtype)) site.mismatch(fmt::format("'{}' has no meaning for {} and {}", op, describe({a}), describe({b})));
    if (op == "/" && a->dtype.is_integral() && b->dtype.is_integral())
      site.mismatch("'/' of two integers is ambiguous", "write // for the floor, T.truncdiv(a, b) to round towards zero");
    return arithmetic(site, candidate.kind, a, b);
  }
  site.mismatch(fmt::format("'{}' is not part of TVMScript", op), op == "**" ? "write T.pow(a, b)" : "");
}

}  // namespace loopglass::script
