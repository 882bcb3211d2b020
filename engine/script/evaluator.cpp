#include "engine/script/evaluator.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "engine/ir/op.h"
#include "engine/script/linear.h"
#include "engine/script/suggestion.h"

namespace loopglass::script {
namespace {

using ir::DataType;
using ir::Expr;

// Names of T that are statements or parts of them; the builder reads those.
constexpr std::string_view kStructure[] = {
    "Buffer",       "alloc_buffer", "alloc_local",  "alloc_shared", "attr",        "axis",        "axis.R",          "axis.S",
    "axis.opaque",  "axis.reduce",  "axis.remap",   "axis.scan",    "axis.spatial", "block",      "block_attr",      "decl_buffer",
    "evaluate",     "func_attr",    "grid",         "init",         "let",         "match_buffer", "parallel",       "prim_func",
    "reads",        "sblock",       "sblock_alloc_buffer", "sblock_attr", "serial", "thread_binding", "unroll",      "vectorized",
    "where",        "writes"};

std::optional<DataType> type_named(std::string_view name) {
  struct Alias {
    std::string_view name;
    DataType type;
  };
  static constexpr Alias kAliases[] = {{"f16", {ir::TypeCode::Float, 16}}, {"f32", ir::kFloat32},  {"f64", ir::kFloat64},
                                       {"i8", {ir::TypeCode::Int, 8}},     {"i16", {ir::TypeCode::Int, 16}}, {"i32", ir::kInt32},
                                       {"i64", ir::kInt64},                {"u8", {ir::TypeCode::UInt, 8}},  {"u16", {ir::TypeCode::UInt, 16}},
                                       {"u32", {ir::TypeCode::UInt, 32}},  {"u64", {ir::TypeCode::UInt, 64}}, {"boolean", ir::kBool},
                                       {"bf16", {ir::TypeCode::BFloat, 16}}, {"void", ir::kVoid}};
  for (const Alias& alias : kAliases)
    if (alias.name == name) return alias.type;
  return ir::parse_data_type(name);
}

bool is_known_builtin(std::string_view name) {
  const auto known = intrinsic_names();
  return std::find(std::begin(kStructure), std::end(kStructure), name) != std::end(kStructure) ||
         std::find(known.begin(), known.end(), name) != known.end();
}

std::string suggest_builtin(std::string_view name) {
  std::vector<std::string_view> candidates(std::begin(kStructure), std::end(kStructure));
  candidates.insert(candidates.end(), intrinsic_names().begin(), intrinsic_names().end());
  for (std::string_view type : {"float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"})
    candidates.push_back(type);
  return suggest(name, candidates, "T.");
}

}  // namespace

void Evaluator::fail(DiagnosticKind kind, SourceSpan span, std::string message, std::string help) {
  errors_.push_back({kind, std::move(message), std::move(help), {{"", span, ""}}, {}, {}});
  throw StatementFailed{};
}

Value Evaluator::evaluate(const Syntax& e) {
  switch (e.kind) {
    case SyntaxKind::Name: return name(e);
    case SyntaxKind::Integer:
    case SyntaxKind::Float: return number(e);
    case SyntaxKind::String: return {string_value(e)};
    case SyntaxKind::True: return {true};
    case SyntaxKind::False: return {false};
    case SyntaxKind::None: return {None{}};
    case SyntaxKind::Tuple:
    case SyntaxKind::List: {
      Sequence sequence;
      for (const Syntax* item : e.children) {
        if (item->kind == SyntaxKind::Star) {
          const Value spread = evaluate(*item->child(0));
          if (!spread.as<Sequence>()) mismatch(item->span, fmt::format("* needs a tuple or a list, this is {}", describe(spread)));
          for (const Value& v : spread.as<Sequence>()->items) sequence.items.push_back(v);
        } else {
          sequence.items.push_back(evaluate(*item));
        }
      }
      return {std::move(sequence)};
    }
    case SyntaxKind::Dict: {
      Dictionary dictionary;
      for (size_t i = 0; i + 1 < e.children.size(); i += 2)
        dictionary.items.emplace_back(constant_string(*e.child(i)), evaluate(*e.child(i + 1)));
      return {std::move(dictionary)};
    }
    case SyntaxKind::Attribute: return attribute_of(e);
    case SyntaxKind::Call: return call(e);
    case SyntaxKind::Index: return index(e);
    case SyntaxKind::Unary:
    case SyntaxKind::Not: return unary(e);
    case SyntaxKind::Binary: return binary(e);
    case SyntaxKind::Compare: return compare(e);
    case SyntaxKind::And:
    case SyntaxKind::Or: return logical(e);
    case SyntaxKind::Conditional: return conditional(e);
    case SyntaxKind::FormatString: fail(DiagnosticKind::UnsupportedSyntax, e.span, "format strings are not part of TVMScript");
    case SyntaxKind::Lambda: fail(DiagnosticKind::UnsupportedSyntax, e.span, "a lambda has no meaning here");
    case SyntaxKind::Ellipsis: fail(DiagnosticKind::UnsupportedSyntax, e.span, "'...' has no meaning in TVMScript");
    case SyntaxKind::Slice: fail(DiagnosticKind::SyntaxError, e.span, "a slice belongs into an index");
    case SyntaxKind::Star:
    case SyntaxKind::DoubleStar:
    case SyntaxKind::Keyword: fail(DiagnosticKind::SyntaxError, e.span, "this belongs into the arguments of a call");
  }
  fail(DiagnosticKind::UnsupportedSyntax, e.span, "this expression is not part of TVMScript");
}

Value Evaluator::number(const Syntax& e) {
  std::string digits;
  for (char c : e.text)
    if (c != '_') digits += c;
  if (e.kind == SyntaxKind::Float) {
    if (digits.back() == 'j' || digits.back() == 'J') fail(DiagnosticKind::UnsupportedSyntax, e.span, "TensorIR has no complex numbers");
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error == std::errc::result_out_of_range) value = std::strtod(digits.c_str(), nullptr);
    return {value};
  }
  const int base = digits.size() > 1 && digits[0] == '0' && !std::isdigit(static_cast<unsigned char>(digits[1]))
                       ? (digits[1] | 0x20) == 'x' ? 16 : (digits[1] | 0x20) == 'o' ? 8 : 2
                       : 10;
  const char* first = digits.data() + (base == 10 ? 0 : 2);
  const char* last = digits.data() + digits.size();
  int64_t value = 0;
  const auto [end, error] = std::from_chars(first, last, value, base);
  if (error == std::errc::result_out_of_range) mismatch(e.span, fmt::format("{} does not fit into 64 bits", e.text));
  if (error != std::errc{} || end != last) fail(DiagnosticKind::SyntaxError, e.span, fmt::format("'{}' is no number", e.text));
  return {value};
}

Value Evaluator::name(const Syntax& e) {
  if (const Value* value = scope_.find(e.text)) {
    if (value->as<Invalid>()) throw StatementFailed{};
    if (value->as<Unknown>())
      fail(DiagnosticKind::UndefinedName, e.span, fmt::format("'{}' gets its value from Python code, which is not executed", e.text),
           "write the number itself, or assign it as a plain constant");
    return *value;
  }
  const std::vector<std::string_view> names = scope_.names();
  fail(DiagnosticKind::UndefinedName, e.span, fmt::format("'{}' is not defined here", e.text), suggest(e.text, names));
}

Value Evaluator::attribute_of(const Syntax& e) {
  const Value base = evaluate(*e.child(0));
  if (const auto* space = base.as<Namespace>()) return namespace_member(e, *space);
  if (const auto* buffer = base.as<ir::Buffer>()) return buffer_member(e, *buffer);
  if (const auto* builtin = base.as<Builtin>(); builtin && builtin->name == "axis") {
    const std::string full = builtin->name + "." + std::string(e.text);
    if (is_known_builtin(full)) return {Builtin{full}};
    constexpr std::string_view kAxes[] = {"spatial", "reduce", "scan", "opaque", "remap", "S", "R"};
    fail(DiagnosticKind::UndefinedName, e.name_span(), fmt::format("T.axis has no '{}'", e.text), suggest(e.text, kAxes, "T.axis."));
  }
  if (const auto* type = base.as<TypeName>(); type && e.text == "ty") return {*type};
  if (const auto* expr = base.as<Expr>()) {
    if (e.text == "dtype") return {ir::to_string((*expr)->dtype)};
    if (e.text == "ty") return {TypeName{(*expr)->dtype}};
  }
  fail(DiagnosticKind::UndefinedName, e.name_span(), fmt::format("{} has no '{}'", describe(base), e.text));
}

Value Evaluator::namespace_member(const Syntax& e, const Namespace& space) {
  if (space.name != "T") {
    if (e.text == "tir" || e.text == "tirx" || e.text == "script") return {Namespace{e.text == "script" ? "tvm" : "T"}};
    fail(DiagnosticKind::UndefinedName, e.name_span(), fmt::format("{}.{} has no meaning in TVMScript", space.name, e.text));
  }
  if (e.text == "let") return {LetType{}};
  if (const auto type = type_named(e.text)) return {TypeName{*type}};
  if (is_known_builtin(e.text)) return {Builtin{std::string(e.text)}};
  fail(DiagnosticKind::UndefinedName, e.name_span(), fmt::format("T has no '{}'", e.text), suggest_builtin(e.text));
}

Value Evaluator::buffer_member(const Syntax& e, const ir::Buffer& buffer) {
  const auto sequence = [](const std::vector<Expr>& items) {
    Sequence result;
    for (const Expr& item : items) result.items.push_back({item});
    return Value{std::move(result)};
  };
  if (e.text == "data") return {Expr(buffer->data)};
  if (e.text == "shape") return sequence(buffer->shape);
  if (e.text == "strides") return sequence(buffer->strides);
  if (e.text == "dtype") return {ir::to_string(buffer->dtype)};
  if (e.text == "elem_offset") return {buffer->elem_offset ? buffer->elem_offset : ir::make_int(0)};
  if (e.text == "view") return {BufferMethod{buffer, std::string(e.text)}};
  constexpr std::string_view kMembers[] = {"data", "shape", "strides", "dtype", "elem_offset", "view"};
  fail(DiagnosticKind::UndefinedName, e.name_span(), fmt::format("the buffer {} has no '{}'", buffer->name, e.text),
       suggest(e.text, kMembers, buffer->name + "."));
}

std::string Evaluator::builtin_name(const Syntax& callee) {
  if (callee.kind != SyntaxKind::Attribute) return {};
  const std::string dotted = dotted_name(callee);
  const size_t dot = dotted.find('.');
  if (dot == std::string::npos) return {};
  const Value* base = scope_.find(std::string_view(dotted).substr(0, dot));
  if (!base || !base->as<Namespace>()) return {};
  const Value value = evaluate(callee);
  const auto* builtin = value.as<Builtin>();
  return builtin ? builtin->name : std::string();
}

Value Evaluator::call(const Syntax& e) {
  const Syntax& callee = *e.child(0);
  if (callee.kind == SyntaxKind::Name && !scope_.find(callee.text)) return call_python(e);
  if (callee.kind == SyntaxKind::Attribute && callee.text == "astype") {
    const auto args = bind(e, {"dtype"}, 1);
    return {ir::cast(type(*args[0]), expression(*callee.child(0)))};
  }
  const Value function = evaluate(callee);
  if (const auto* type = function.as<TypeName>()) return call_type(e, type->type);
  if (const auto* builtin = function.as<Builtin>()) {
    if (std::optional<Value> value = call_intrinsic(*this, builtin->name, e)) return *value;
    fail(DiagnosticKind::UnsupportedSyntax, e.span, fmt::format("T.{} cannot stand inside an expression", builtin->name));
  }
  mismatch(callee.span, fmt::format("{} cannot be called", describe(function)));
}

// T.float32(x): a constant or a cast; T.int32(): a new variable, which gets its name where it is assigned.
Value Evaluator::call_type(const Syntax& e, DataType type) {
  if (e.children.size() == 1) return {Expr(ir::make_var("", type))};
  if (type.code == ir::TypeCode::Handle) {
    bind(e, {"dtype", "storage_scope"}, 0);
    return {Expr(ir::make_var("", type))};
  }
  const auto args = bind(e, {"expr"}, 1);
  const Value value = evaluate(*args[0]);
  if (const auto* text = value.as<std::string>()) {
    const double infinity = std::numeric_limits<double>::infinity();
    if (type.is_float() && (*text == "inf" || *text == "-inf" || *text == "nan"))
      return {ir::make_float(*text == "inf" ? infinity : *text == "-inf" ? -infinity : std::nan(""), type)};
    mismatch(args[0]->span, fmt::format("\"{}\" is no value of type {}", *text, ir::to_string(type)));
  }
  if (type.is_scalar() && type.is_integral()) {
    if (const auto* i = value.as<int64_t>()) {
      const bool fits = type.is_uint() ? *i >= 0 && (type.bits >= 63 || *i < (int64_t{1} << type.bits))
                                       : type.bits == 64 || (*i >= -(int64_t{1} << (type.bits - 1)) && *i < (int64_t{1} << (type.bits - 1)));
      if (!fits) mismatch(args[0]->span, fmt::format("{} does not fit into {}", *i, ir::to_string(type)));
    }
  }
  if (const auto* d = value.as<double>(); d && type.code == ir::TypeCode::Float && std::isfinite(*d)) {
    const double largest = type.bits == 16 ? 65504.0 : type.bits == 32 ? static_cast<double>(std::numeric_limits<float>::max()) : std::numeric_limits<double>::max();
    if (std::fabs(*d) > largest) mismatch(args[0]->span, fmt::format("{} does not fit into {}", args[0]->text.empty() ? fmt::format("{}", *d) : std::string(args[0]->text), ir::to_string(type)));
  }
  const Expr inner = to_expr(value, args[0]->span);
  if (!ir::common_type(inner->dtype.element(), type.element())) mismatch(args[0]->span, fmt::format("{} cannot become {}", describe({inner}), ir::to_string(type)));
  if (inner->dtype.lanes != type.lanes && !inner->dtype.is_scalar())
    mismatch(args[0]->span, fmt::format("{} cannot become {}", describe({inner}), ir::to_string(type)));
  return {ir::cast(type, inner)};
}

Value Evaluator::call_python(const Syntax& e) {
  const std::string_view function = e.child(0)->text;
  if (function == "float" || function == "int" || function == "len") {
    const auto args = bind(e, {"x"}, 1);
    const Value value = evaluate(*args[0]);
    if (function == "len" && value.as<Sequence>()) return {static_cast<int64_t>(value.as<Sequence>()->items.size())};
    if (const auto* i = value.as<int64_t>(); i && function != "len") return function == "int" ? Value{*i} : Value{static_cast<double>(*i)};
    if (const auto* d = value.as<double>(); d && function != "len") {
      if (function == "float") return {*d};
      if (std::fabs(*d) < 9e18) return {static_cast<int64_t>(*d)};
    }
    if (const auto* s = value.as<std::string>(); s && function == "float" && (*s == "inf" || *s == "-inf" || *s == "nan"))
      return {*s == "nan" ? std::nan("") : *s == "inf" ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity()};
    mismatch(args[0]->span, fmt::format("{}() has no meaning for {} here", function, describe(value)));
  }
  if (function == "range") fail(DiagnosticKind::UnsupportedSyntax, e.span, "range(...) belongs into a for statement");
  if (is_known_builtin(function))
    fail(DiagnosticKind::UndefinedName, e.child(0)->span, fmt::format("'{}' is not defined here", function), fmt::format("did you mean 'T.{}'?", function));
  return name(*e.child(0));  // reports the undefined name
}

Value Evaluator::unary(const Syntax& e) {
  const Value value = evaluate(*e.child(0));
  if (e.kind == SyntaxKind::Not) {
    if (const auto* b = value.as<bool>()) return {!*b};
    const Expr a = to_expr(value, e.child(0)->span);
    if (!a->dtype.is_bool()) mismatch(e.child(0)->span, fmt::format("'not' needs a condition, this is {}", describe({a})), "compare it: x != 0");
    return {Expr(std::make_shared<const ir::Not>(a))};
  }
  if (e.text == "-") {
    if (const auto* i = value.as<int64_t>()) return {static_cast<int64_t>(-static_cast<uint64_t>(*i))};
    if (const auto* d = value.as<double>()) return {-*d};
    const Expr a = to_expr(value, e.child(0)->span);
    if (!a->dtype.is_integral() && !a->dtype.is_float()) mismatch(e.span, fmt::format("'-' has no meaning for {}", describe({a})));
    return {ir::neg(a)};
  }
  if (e.text == "+") return value;
  if (const auto* i = value.as<int64_t>()) return {~*i};
  const Expr a = to_expr(value, e.child(0)->span);
  if (!a->dtype.is_integral() && !a->dtype.is_bool()) mismatch(e.span, fmt::format("'~' needs integers, this is {}", describe({a})));
  return {ir::make_call(a->dtype, "bitwise_not", {a})};
}

Value Evaluator::binary(const Syntax& e) {
  const Value a = evaluate(*e.child(0)), b = evaluate(*e.child(1));
  const auto is_python = [](const Value& v) {
    return v.as<int64_t>() || v.as<double>() || v.as<bool>() || v.as<std::string>() || v.as<Sequence>();
  };
  if (is_python(a) && is_python(b)) return python_binary(e, a, b);
  return {apply_operator(*this, e.text, to_expr(a, e.child(0)->span), to_expr(b, e.child(1)->span), e.span)};
}

Value Evaluator::python_binary(const Syntax& e, const Value& a, const Value& b) {
  const std::string_view op = e.text;
  if (op == "+" && a.as<std::string>() && b.as<std::string>()) return {*a.as<std::string>() + *b.as<std::string>()};
  if (op == "+" && a.as<Sequence>() && b.as<Sequence>()) {
    Sequence joined = *a.as<Sequence>();
    for (const Value& v : b.as<Sequence>()->items) joined.items.push_back(v);
    return {std::move(joined)};
  }
  const auto integer = [](const Value& v) -> std::optional<int64_t> {
    if (const auto* i = v.as<int64_t>()) return *i;
    if (const auto* f = v.as<bool>()) return *f;
    return std::nullopt;
  };
  const auto x = integer(a), y = integer(b);
  const auto real = [&](const Value& v) -> std::optional<double> {
    if (const auto* d = v.as<double>()) return *d;
    if (const auto i = integer(v)) return static_cast<double>(*i);
    return std::nullopt;
  };
  if (x && y && op != "/") {
    const bool divides = op == "//" || op == "%";
    if (divides && *y == 0) mismatch(e.span, "division by zero");
    if ((op == "<<" || op == ">>") && (*y < 0 || *y > 62)) mismatch(e.span, fmt::format("a shift by {}", *y));
    int64_t result = 0;
    if (op == "+" ? __builtin_add_overflow(*x, *y, &result) : op == "-" ? __builtin_sub_overflow(*x, *y, &result)
        : op == "*" ? __builtin_mul_overflow(*x, *y, &result) : op == "<<" ? __builtin_mul_overflow(*x, int64_t{1} << *y, &result) : false)
      mismatch(e.span, "the result does not fit into 64 bits");
    if (op == "//") return {*ir::as_int(ir::floordiv(ir::make_int(*x, ir::kInt64), ir::make_int(*y, ir::kInt64)))};
    if (op == "%") return {*ir::as_int(ir::floormod(ir::make_int(*x, ir::kInt64), ir::make_int(*y, ir::kInt64)))};
    if (op == ">>") return {*x >> *y};
    if (op == "&") return {*x & *y};
    if (op == "|") return {*x | *y};
    if (op == "^") return {*x ^ *y};
    if (op == "**") {
      if (*y < 0) return {std::pow(static_cast<double>(*x), static_cast<double>(*y))};
      result = 1;
      for (int64_t i = 0; i < *y && result != 0 && (*x > 1 || *x < -1 || i < 2); ++i)
        if (__builtin_mul_overflow(result, *x, &result)) mismatch(e.span, "the result does not fit into 64 bits");
      if ((*x == -1 && *y > 2)) result = *y % 2 == 0 ? 1 : -1;
      return {result};
    }
    if (op == "+" || op == "-" || op == "*" || op == "<<") return {result};
  } else if (const auto p = real(a), q = real(b); p && q) {
    if (op == "+") return {*p + *q};
    if (op == "-") return {*p - *q};
    if (op == "*") return {*p * *q};
    if (op == "**") return {std::pow(*p, *q)};
    if (op == "/" || op == "//" || op == "%") {
      if (*q == 0) mismatch(e.span, "division by zero");
      if (op == "/") return {*p / *q};
      return {op == "//" ? std::floor(*p / *q) : *p - std::floor(*p / *q) * *q};
    }
  }
  mismatch(e.span, fmt::format("'{}' has no meaning for {} and {}", op, describe(a), describe(b)));
}

Value Evaluator::compare(const Syntax& e) {
  const Value a = evaluate(*e.child(0)), b = evaluate(*e.child(1));
  if (e.text == "in" || e.text == "is" || e.text == "not in")
    fail(DiagnosticKind::UnsupportedSyntax, e.span, fmt::format("'{}' is not part of TVMScript", e.text));
  const auto real = [](const Value& v) -> std::optional<double> {
    if (const auto* d = v.as<double>()) return *d;
    if (const auto* i = v.as<int64_t>()) return static_cast<double>(*i);
    if (const auto* f = v.as<bool>()) return *f;
    return std::nullopt;
  };
  if (const auto p = real(a), q = real(b); p && q) {
    return {e.text == "<" ? *p < *q : e.text == ">" ? *p > *q : e.text == "<=" ? *p <= *q : e.text == ">=" ? *p >= *q : e.text == "==" ? *p == *q : *p != *q};
  }
  if (a.as<std::string>() && b.as<std::string>() && (e.text == "==" || e.text == "!="))
    return {(*a.as<std::string>() == *b.as<std::string>()) == (e.text == "==")};
  // A plain number takes the type of the other side, so that `A[i] > 0` compares floats.
  const auto typed = [&](const Value& v, const Value& other, SourceSpan span) {
    const auto* e2 = other.as<Expr>();
    const DataType type = e2 ? (*e2)->dtype.element() : other.as<SlicedBuffer>() ? other.as<SlicedBuffer>()->buffer->dtype : ir::kVoid;
    if (v.as<int64_t>() && (type.is_float() || type.is_integral())) return ir::cast(type, to_expr(v, span));
    if (v.as<double>() && type.is_float()) return ir::cast(type, to_expr(v, span));
    return to_expr(v, span);
  };
  return {apply_operator(*this, e.text, typed(a, b, e.child(0)->span), typed(b, a, e.child(1)->span), e.span)};
}

Value Evaluator::logical(const Syntax& e) {
  const bool is_and = e.kind == SyntaxKind::And;
  const Value a = evaluate(*e.child(0));
  if (const auto* b = a.as<bool>(); b && *b != is_and) return a;
  const Value b = evaluate(*e.child(1));
  if (a.as<bool>() && b.as<bool>()) return b;
  const Expr x = to_expr(a, e.child(0)->span), y = to_expr(b, e.child(1)->span);
  for (const auto& [side, syntax] : {std::pair{&x, e.child(0)}, std::pair{&y, e.child(1)}})
    if (!(*side)->dtype.is_bool())
      mismatch(syntax->span, fmt::format("'{}' needs conditions, this is {}", is_and ? "and" : "or", describe({*side})), "compare it: x != 0");
  return {ir::make_binary(is_and ? ir::ExprKind::And : ir::ExprKind::Or, x, y)};
}

Value Evaluator::conditional(const Syntax& e) {
  const Value condition = evaluate(*e.child(1));
  if (const auto* b = condition.as<bool>()) return evaluate(*e.child(*b ? 0 : 2));
  const Expr c = to_expr(condition, e.child(1)->span);
  if (!c->dtype.is_bool()) mismatch(e.child(1)->span, fmt::format("a condition is needed, this is {}", describe({c})), "compare it: x != 0");
  const Expr t = expression(*e.child(0)), f = expression(*e.child(2));
  if (!ir::common_type(t->dtype, f->dtype)) mismatch(e.span, fmt::format("{} and {} have no common type", describe({t}), describe({f})));
  return {ir::if_then_else(c, t, f)};
}

Expr Evaluator::to_expr(const Value& value, SourceSpan span) {
  if (const auto* e = value.as<Expr>()) return *e;
  if (const auto* b = value.as<bool>()) return ir::make_bool(*b);
  if (const auto* i = value.as<int64_t>()) {
    const bool is_small = *i >= std::numeric_limits<int32_t>::min() && *i <= std::numeric_limits<int32_t>::max();
    return ir::make_int(*i, is_small ? ir::kInt32 : ir::kInt64);
  }
  if (const auto* d = value.as<double>()) return ir::make_float(*d);
  if (const auto* s = value.as<std::string>()) return std::make_shared<const ir::StringImm>(*s);
  if (const auto* sliced = value.as<SlicedBuffer>()) {
    const ir::Buffer& buffer = sliced->buffer;
    if (sliced->indices.size() != buffer->shape.size())
      mismatch(span, fmt::format("{} has {} dimension{}, {} given", buffer->name, buffer->shape.size(), buffer->shape.size() == 1 ? "" : "s", sliced->indices.size() == 1 ? "1 index is" : fmt::format("{} indices are", sliced->indices.size())));
    std::vector<Expr> indices;
    for (size_t i = 0; i < sliced->indices.size(); ++i) {
      const auto* slice = std::get_if<SliceValue>(&sliced->indices[i]);
      indices.push_back(slice ? vector_index(*slice, buffer->shape[i], span) : std::get<Expr>(sliced->indices[i]));
    }
    return ir::make_load(buffer, std::move(indices));
  }
  if (const auto* buffer = value.as<ir::Buffer>()) {
    std::string indices;
    for (size_t i = 0; i < (*buffer)->shape.size(); ++i) indices += i == 0 ? "i" : fmt::format(", {}", static_cast<char>('i' + i % 16));
    mismatch(span, fmt::format("{} is a buffer, not a value", (*buffer)->name), fmt::format("read one of its elements: {}[{}]", (*buffer)->name, indices.empty() ? "()" : indices));
  }
  mismatch(span, fmt::format("an expression is needed, this is {}", describe(value)));
}

Expr Evaluator::integer(const Syntax& e) {
  const Expr value = expression(e);
  if (!value->dtype.is_integral()) mismatch(e.span, fmt::format("an integer is needed, this is {}", describe({value})));
  return value;
}

Expr Evaluator::condition(const Syntax& e) {
  const Expr value = expression(e);
  if (!value->dtype.is_bool()) mismatch(e.span, fmt::format("a condition is needed, this is {}", describe({value})), "compare it: x != 0");
  return value;
}

int64_t Evaluator::constant_integer(const Syntax& e) {
  const Value value = evaluate(e);
  if (const auto* i = value.as<int64_t>()) return *i;
  if (const auto* x = value.as<Expr>())
    if (const auto i = ir::as_int(*x)) return *i;
  mismatch(e.span, fmt::format("an integer constant is needed, this is {}", describe(value)));
}

std::string Evaluator::constant_string(const Syntax& e) {
  const Value value = evaluate(e);
  if (const auto* s = value.as<std::string>()) return *s;
  mismatch(e.span, fmt::format("a string is needed, this is {}", describe(value)));
}

DataType Evaluator::type(const Syntax& e) {
  const Value value = evaluate(e);
  if (const auto* t = value.as<TypeName>()) return t->type;
  if (const auto* s = value.as<std::string>()) {
    if (const auto t = type_named(*s)) return *t;
    constexpr std::string_view kTypes[] = {"float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool", "bfloat16"};
    mismatch(e.span, fmt::format("\"{}\" is no type", *s), suggest(*s, kTypes));
  }
  mismatch(e.span, fmt::format("a type such as \"float32\" is needed, this is {}", describe(value)));
}

std::vector<Expr> Evaluator::integers(const Syntax& e) {
  const Value value = evaluate(e);
  std::vector<Expr> result;
  const auto add = [&](const Value& v, SourceSpan span) {
    const Expr x = to_expr(v, span);
    if (!x->dtype.is_integral()) mismatch(span, fmt::format("an integer is needed, this is {}", describe({x})));
    result.push_back(x);
  };
  if (const auto* sequence = value.as<Sequence>()) {
    const bool is_literal = (e.kind == SyntaxKind::Tuple || e.kind == SyntaxKind::List) && e.children.size() == sequence->items.size();
    for (size_t i = 0; i < sequence->items.size(); ++i) add(sequence->items[i], is_literal ? e.child(i)->span : e.span);
  } else {
    add(value, e.span);
  }
  return result;
}

ir::Attr Evaluator::attribute(const Value& value, SourceSpan span) {
  if (value.as<None>()) return {};
  if (const auto* b = value.as<bool>()) return {*b};
  if (const auto* i = value.as<int64_t>()) return {*i};
  if (const auto* d = value.as<double>()) return {*d};
  if (const auto* s = value.as<std::string>()) return {*s};
  if (const auto* sequence = value.as<Sequence>()) {
    ir::AttrList list;
    for (const Value& v : sequence->items) list.push_back(attribute(v, span));
    return {std::move(list)};
  }
  if (const auto* dictionary = value.as<Dictionary>()) {
    ir::AttrMap map;
    for (const auto& [key, v] : dictionary->items) map[key] = attribute(v, span);
    return {std::move(map)};
  }
  return {to_expr(value, span)};
}

ir::AttrMap Evaluator::attributes(const Syntax& e) {
  const Value value = evaluate(e);
  if (!value.as<Dictionary>()) mismatch(e.span, fmt::format("a dictionary {{\"key\": value}} is needed, this is {}", describe(value)));
  return std::get<ir::AttrMap>(attribute(value, e.span).value);
}

std::vector<const Syntax*> Evaluator::bind(const Syntax& call, std::initializer_list<std::string_view> names, size_t required) {
  std::vector<const Syntax*> bound(names.size(), nullptr);
  const std::string callee = dotted_name(*call.child(0));
  size_t next = 0;
  for (size_t i = 1; i < call.children.size(); ++i) {
    const Syntax* argument = call.child(i);
    if (argument->kind == SyntaxKind::Star || argument->kind == SyntaxKind::DoubleStar)
      fail(DiagnosticKind::UnsupportedSyntax, argument->span, fmt::format("the arguments of {} have to be written out", callee));
    size_t position = next;
    if (argument->kind == SyntaxKind::Keyword) {
      position = std::find(names.begin(), names.end(), argument->text) - names.begin();
      if (position == names.size())
        mismatch(argument->span, fmt::format("{} has no parameter '{}'", callee, argument->text), suggest(argument->text, std::span(names.begin(), names.size())));
    } else if (next++ == names.size()) {
      mismatch(argument->span, fmt::format("{} takes at most {} argument{}", callee, names.size(), names.size() == 1 ? "" : "s"));
    }
    if (bound[position]) mismatch(argument->span, fmt::format("'{}' is given twice", names.begin()[position]));
    bound[position] = argument->kind == SyntaxKind::Keyword ? argument->child(0) : argument;
  }
  for (size_t i = 0; i < required; ++i)
    if (!bound[i]) mismatch(call.span, fmt::format("{} needs the argument '{}'", callee, names.begin()[i]));
  return bound;
}

std::vector<Argument> Evaluator::positional(const Syntax& call) {
  std::vector<Argument> result;
  for (size_t i = 1; i < call.children.size(); ++i) {
    const Syntax* argument = call.child(i);
    if (argument->kind == SyntaxKind::Keyword || argument->kind == SyntaxKind::DoubleStar)
      mismatch(argument->span, fmt::format("{} takes no keyword arguments", dotted_name(*call.child(0))));
    if (argument->kind == SyntaxKind::Star) {
      const Value spread = evaluate(*argument->child(0));
      if (!spread.as<Sequence>()) mismatch(argument->span, fmt::format("* needs a tuple or a list, this is {}", describe(spread)));
      for (const Value& v : spread.as<Sequence>()->items) result.push_back({v, argument->span});
    } else {
      result.push_back({evaluate(*argument), argument->span});
    }
  }
  return result;
}

}  // namespace loopglass::script
