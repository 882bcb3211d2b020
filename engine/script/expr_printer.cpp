#include "engine/script/expr_printer.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/ir/op.h"
#include "engine/script/python_text.h"

namespace loopglass::script {

using ir::Expr;
using ir::ExprKind;

namespace {

// Python's, from the loosest to the tightest.
enum Precedence : int {
  kOr = 3, kAnd = 4, kNot = 5, kComparison = 6, kBitOr = 7, kBitXor = 8, kBitAnd = 9, kShift = 10, kSum = 11, kProduct = 12, kUnary = 13, kAtom = 15,
};

struct Spelling {
  const char* op;        // null: a function alone
  const char* function;
  int precedence;
};

Spelling spelling(ExprKind kind) {
  switch (kind) {
    case ExprKind::Add: return {"+", "Add", kSum};
    case ExprKind::Sub: return {"-", "Sub", kSum};
    case ExprKind::Mul: return {"*", "Mul", kProduct};
    case ExprKind::Div: return {"/", "Div", kProduct};
    case ExprKind::Mod: return {nullptr, "truncmod", kAtom};
    case ExprKind::FloorDiv: return {"//", "FloorDiv", kProduct};
    case ExprKind::FloorMod: return {"%", "FloorMod", kProduct};
    case ExprKind::Min: return {nullptr, "min", kAtom};
    case ExprKind::Max: return {nullptr, "max", kAtom};
    case ExprKind::EQ: return {"==", "EQ", kComparison};
    case ExprKind::NE: return {"!=", "NE", kComparison};
    case ExprKind::LT: return {"<", "LT", kComparison};
    case ExprKind::LE: return {"<=", "LE", kComparison};
    case ExprKind::GT: return {">", "GT", kComparison};
    case ExprKind::GE: return {">=", "GE", kComparison};
    case ExprKind::And: return {"and", "And", kAnd};
    case ExprKind::Or: return {"or", "Or", kOr};
    default: return {nullptr, "", kAtom};
  }
}

// Whether reading `a op b` builds this very node again, and not what it folds to.
bool reads_back(const ir::Binary& e) {
  if (!ir::common_type(e.a->dtype, e.b->dtype)) return true;
  if (e.kind == ExprKind::Div && e.a->dtype.is_integral() && e.b->dtype.is_integral()) return false;
  const Expr folded = ir::fold_binary(e.kind, e.a, e.b);
  const auto* again = ir::as<ir::Binary>(folded);
  if (e.kind == ExprKind::Div) return again && again->kind == ExprKind::Div;
  return again && again->kind == e.kind && again->a == e.a && again->b == e.b;
}

struct BitOperator {
  std::string_view function;
  const char* op;
  int precedence;
};
constexpr BitOperator kBitOperators[] = {{"shift_left", "<<", kShift}, {"shift_right", ">>", kShift}, {"bitwise_and", "&", kBitAnd}, {"bitwise_or", "|", kBitOr}, {"bitwise_xor", "^", kBitXor}};

const BitOperator* bit_operator(const ir::Call& e) {
  if (e.args.size() != 2) return nullptr;
  const auto* found = std::find_if(std::begin(kBitOperators), std::end(kBitOperators), [&](const BitOperator& b) { return b.function == e.op; });
  return found == std::end(kBitOperators) ? nullptr : found;
}

bool prints_type_first(std::string_view op) {
  constexpr std::string_view kTyped[] = {"reinterpret", "call_extern", "call_pure_extern", "call_llvm_intrin", "call_llvm_pure_intrin", "type_annotation", "vectorlow", "vectorhigh", "vectorcombine", "get_active_lane_mask"};
  return std::find(std::begin(kTyped), std::end(kTyped), op) != std::end(kTyped);
}

}  // namespace

std::string type_text(ir::DataType type) { return type.code == ir::TypeCode::Void ? "void" : ir::to_string(type); }

bool is_scalar_variable(const ir::BufferNode& b) {
  return b.scope == "local" && b.shape.size() == 1 && ir::is_one(b.shape[0]) && b.strides.empty() && !b.elem_offset && b.data_alignment == 64 && b.offset_factor == 1;
}

// An expression printed alone knows no declarations: there the buffer's form decides.
bool ExprPrinter::is_written_by_name(const ir::BufferNode& buffer) const {
  return scalars_by_name_ && is_scalar_variable(buffer) && (names_.is_scalar(&buffer) || !names_.knows(&buffer));
}

std::string ExprPrinter::text(const Expr& e) const {
  std::string out;
  append(out, e);
  return out;
}

int ExprPrinter::precedence(const Expr& e) const {
  if (const auto* b = ir::as<ir::Binary>(e)) {
    const Spelling s = spelling(b->kind);
    return s.op && reads_back(*b) ? s.precedence : kAtom;
  }
  if (e->kind == ExprKind::Not) return kNot;
  if (const auto* c = ir::as<ir::Call>(e)) {
    if (c->op == "bitwise_not" && c->args.size() == 1) return kUnary;
    if (const BitOperator* bit = bit_operator(*c)) return bit->precedence;
  }
  return kAtom;
}

void ExprPrinter::append_name(std::string& out, const void* object, std::string_view otherwise) const {
  const std::string* name = names_.find(object);
  out += name ? std::string_view(*name) : otherwise.empty() ? std::string_view("v") : otherwise;
}

void ExprPrinter::append_call(std::string& out, std::string_view function, std::initializer_list<Expr> args) const {
  fmt::format_to(std::back_inserter(out), "T.{}(", function);
  bool is_first = true;
  for (const Expr& arg : args) {
    if (!is_first) out += ", ";
    is_first = false;
    append(out, arg);
  }
  out += ')';
}

void ExprPrinter::append(std::string& out, const Expr& e, int least) const {
  const int own = precedence(e);
  const bool needs_brackets = own < least;
  if (needs_brackets) out += '(';
  switch (e->kind) {
    case ExprKind::IntImm: {
      const auto value = ir::get<ir::IntImm>(e).value;
      if (e->dtype == ir::kInt32) {
        fmt::format_to(std::back_inserter(out), "{}", value);
      } else if (e->dtype.is_bool()) {
        fmt::format_to(std::back_inserter(out), "T.bool({})", value ? "True" : "False");
      } else {
        fmt::format_to(std::back_inserter(out), "T.{}({})", type_text(e->dtype), value);
      }
      break;
    }
    case ExprKind::FloatImm:
      fmt::format_to(std::back_inserter(out), "T.{}(", type_text(e->dtype));
      append_float(out, ir::get<ir::FloatImm>(e).value);
      out += ')';
      break;
    case ExprKind::StringImm: append_string(out, ir::get<ir::StringImm>(e).value); break;
    case ExprKind::Var: append_name(out, e.get(), ir::get<ir::VarNode>(e).name); break;
    case ExprKind::Not:
      out += "not ";
      append(out, ir::get<ir::Not>(e).a, kNot);
      break;
    case ExprKind::Select: {
      const auto& s = ir::get<ir::Select>(e);
      append_call(out, "Select", {s.condition, s.true_value, s.false_value});
      break;
    }
    case ExprKind::Cast:
      fmt::format_to(std::back_inserter(out), "T.Cast(\"{}\", ", type_text(e->dtype));
      append(out, ir::get<ir::Cast>(e).value);
      out += ')';
      break;
    case ExprKind::Ramp: {
      const auto& r = ir::get<ir::Ramp>(e);
      append_call(out, "Ramp", {r.base, r.stride, ir::make_int(r.dtype.lanes)});
      break;
    }
    case ExprKind::Broadcast: append_call(out, "Broadcast", {ir::get<ir::Broadcast>(e).value, ir::make_int(e->dtype.lanes)}); break;
    case ExprKind::Let: {
      const auto& let = ir::get<ir::Let>(e);
      out += "T.Let(";
      append(out, let.body);
      out += ", where={";
      append(out, let.var);
      out += ": ";
      append(out, let.value);
      out += "})";
      break;
    }
    case ExprKind::Call: append_intrinsic(out, ir::get<ir::Call>(e), own); break;
    case ExprKind::BufferLoad: {
      const auto& load = ir::get<ir::BufferLoad>(e);
      // A load spells a vector index out; a store writes it as a slice.
      append_name(out, load.buffer.get(), load.buffer->name);
      if (is_written_by_name(*load.buffer)) break;
      out += '[';
      if (load.indices.empty()) out += "()";
      for (size_t i = 0; i < load.indices.size(); ++i) {
        if (i > 0) out += ", ";
        append(out, load.indices[i]);
      }
      out += ']';
      break;
    }
    default: append_binary(out, ir::get<ir::Binary>(e), own);
  }
  if (needs_brackets) out += ')';
}

void ExprPrinter::append_binary(std::string& out, const ir::Binary& e, int own) const {
  const Spelling s = spelling(e.kind);
  if (own == kAtom) return append_call(out, s.function, {e.a, e.b});
  // A comparison on the left of another would read as a chain; TVM leaves these brackets out.
  append(out, e.a, own == kComparison ? own + 1 : own);
  fmt::format_to(std::back_inserter(out), " {} ", s.op);
  append(out, e.b, own + 1);
}

void ExprPrinter::append_intrinsic(std::string& out, const ir::Call& e, int own) const {
  if (own == kUnary) {
    out += '~';
    return append(out, e.args[0], kUnary);
  }
  if (const BitOperator* bit = bit_operator(e)) {
    append(out, e.args[0], own);
    fmt::format_to(std::back_inserter(out), " {} ", bit->op);
    return append(out, e.args[1], own + 1);
  }
  fmt::format_to(std::back_inserter(out), "T.{}(", e.op);
  bool is_first = true;
  if (prints_type_first(e.op)) {
    fmt::format_to(std::back_inserter(out), "\"{}\"", type_text(e.dtype));
    is_first = false;
  }
  for (const Expr& arg : e.args) {
    if (!is_first) out += ", ";
    is_first = false;
    append(out, arg);
  }
  out += ')';
}

void ExprPrinter::append_access(std::string& out, const ir::Buffer& buffer, const std::vector<Expr>& indices) const {
  append_name(out, buffer.get(), buffer->name);
  if (is_written_by_name(*buffer)) return;
  out += '[';
  if (indices.empty()) out += "()";
  for (size_t i = 0; i < indices.size(); ++i) {
    if (i > 0) out += ", ";
    const auto* ramp = ir::as<ir::Ramp>(indices[i]);
    const auto stride = ramp ? ir::as_int(ramp->stride) : std::nullopt;
    if (!stride) {
      append(out, indices[i]);
      continue;
    }
    append(out, ramp->base);
    out += ':';
    append(out, ir::add(ramp->base, ir::mul(ir::make_int(ramp->dtype.lanes), ramp->stride)));
    if (*stride != 1) {
      out += ':';
      append(out, ramp->stride);
    }
  }
  out += ']';
}

void ExprPrinter::append_region(std::string& out, const ir::BufferRegion& region) const {
  append_name(out, region.buffer.get(), region.buffer->name);
  out += '[';
  if (region.region.empty()) out += "()";
  for (size_t i = 0; i < region.region.size(); ++i) {
    if (i > 0) out += ", ";
    const ir::Range& r = region.region[i];
    append(out, r.min);
    if (ir::is_one(r.extent)) continue;
    out += ':';
    append(out, ir::add(r.min, r.extent));
  }
  out += ']';
}

void ExprPrinter::append_attr(std::string& out, const ir::Attr& attr) const {
  const auto& value = attr.value;
  if (std::holds_alternative<std::monostate>(value)) out += "None";
  if (const auto* b = std::get_if<bool>(&value)) out += *b ? "True" : "False";
  if (const auto* i = std::get_if<int64_t>(&value)) fmt::format_to(std::back_inserter(out), "{}", *i);
  if (const auto* d = std::get_if<double>(&value)) append_float(out, *d);
  if (const auto* s = std::get_if<std::string>(&value)) append_string(out, *s);
  if (const auto* e = std::get_if<Expr>(&value)) append(out, *e);
  if (const auto* map = std::get_if<ir::AttrMap>(&value)) append_attrs(out, *map);
  if (const auto* list = std::get_if<ir::AttrList>(&value)) {
    out += '[';
    for (size_t i = 0; i < list->size(); ++i) {
      if (i > 0) out += ", ";
      append_attr(out, (*list)[i]);
    }
    out += ']';
  }
}

void ExprPrinter::append_attrs(std::string& out, const ir::AttrMap& attrs) const {
  out += '{';
  bool is_first = true;
  for (const auto& [key, value] : attrs) {
    if (!is_first) out += ", ";
    is_first = false;
    append_string(out, key);
    out += ": ";
    append_attr(out, value);
  }
  out += '}';
}

}  // namespace loopglass::script
