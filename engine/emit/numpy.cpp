// A module as plain Python loops over NumPy arrays.
#include <fmt/format.h>

#include "engine/emit/emit.h"
#include "engine/emit/functions.h"
#include "engine/emit/lines.h"
#include "engine/emit/numpy_expr.h"
#include "engine/ir/structural_equal.h"

namespace loopglass::emit {

namespace {

const std::set<std::string> kReserved = {
    "np", "math", "truncdiv", "truncmod", "max", "min", "range", "int", "bin", "abs", "bool", "float", "False", "None", "True", "and", "as",
    "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except", "finally", "for", "from", "global",
    "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield"};

class NumpyFunction {
 public:
  NumpyFunction(const std::string& name, const ir::Function& function)
      : plain_(make_plain(name, function, kReserved)), expressions(plain_.buffer_names) {}

  LinkedText print() {
    std::string params;
    for (const ir::Param& param : plain_.params)
      params += (params.empty() ? "" : ", ") + (param.buffer ? expressions.name(param.buffer) + ": np.ndarray" : param.var->name);
    // Integers wrap and floats overflow in silence, as in the kernel.
    lines_.add("@np.errstate(all=\"ignore\")");
    lines_.add(fmt::format("def lnumpy_{}({}):", plain_.name, params));
    lines_.indent();
    is_empty_ = true;
    for (const PlainStmt& s : plain_.stmts) statement(s);
    if (is_empty_) lines_.add("pass");
    return lines_.take();
  }

 private:
  PlainFunction plain_;

 public:
  NumpyExpressions expressions;

 private:
  void open(const std::string& head, const PlainStmt& s) {
    lines_.add(head, s.path);
    lines_.indent();
    is_empty_ = true;
    kinds_.push_back(s.kind);
  }
  void line(const std::string& text, const PlainStmt& s) {
    lines_.add(text, s.path);
    is_empty_ = false;
  }
  std::string tuple(const std::vector<ir::Expr>& exprs) {
    std::string text;
    for (const ir::Expr& e : exprs) text += (text.empty() ? "" : ", ") + expressions.value(e);
    return exprs.size() == 1 ? "(" + text + ",)" : "(" + text + ")";
  }

  void statement(const PlainStmt& s) {
    switch (s.kind) {
      case PlainKind::For: return open(loop_head(s), s);
      case PlainKind::If: return open("if " + expressions.value(s.a) + ":", s);
      case PlainKind::Else: return open("else:", s);
      case PlainKind::While: return open("while " + expressions.value(s.a) + ":", s);
      case PlainKind::Scope: kinds_.push_back(s.kind); return;
      case PlainKind::Close:
        if (kinds_.back() != PlainKind::Scope) {
          if (is_empty_) lines_.add("pass");
          lines_.dedent();
          is_empty_ = false;
        }
        kinds_.pop_back();
        return;
      case PlainKind::Assign: return line(s.var->name + " = " + expressions.value(s.a), s);
      case PlainKind::Alloc:
        return line(fmt::format("{} = np.empty({}, dtype=\"{}\")", expressions.name(s.buffer), tuple(s.buffer->shape), dtype_name(s.buffer->dtype)), s);
      case PlainKind::View: return line(view(s), s);
      case PlainKind::Store: return line(expressions.element(s.buffer, s.indices) + " = " + expressions.stored(s.a), s);
      case PlainKind::Assert: return line(fmt::format("assert {}, \"{}\"", expressions.value(s.a), escaped(s.text)), s);
    }
  }

  static std::string dtype_name(ir::DataType type) { return type.is_bool() ? "bool" : numpy_type(type); }
  static std::string escaped(const std::string& text) {
    std::string out;
    for (char c : text) out += c == '"' || c == '\\' ? std::string("\\") + c : c == '\n' ? "\\n" : std::string(1, c);
    return out;
  }

  std::string loop_head(const PlainStmt& s) {
    std::string range = expressions.value(s.b);
    if (!ir::is_zero(s.a) || s.c) range = expressions.value(s.a) + ", " + range;
    if (s.c) range += ", " + expressions.value(s.c);
    const std::string kind = s.loop->for_kind == ir::ForKind::Serial ? "" : fmt::format("  # {}", ir::to_string(s.loop->for_kind));
    return fmt::format("for {} in range({}):{}", s.var->name, range, kind);
  }

  std::string view(const PlainStmt& s) {
    if (s.source) {
      std::string slices;
      const size_t skipped = s.region.size() - std::min(s.region.size(), s.buffer->shape.size());
      for (size_t d = 0; d < s.region.size(); ++d) {
        const std::string from = expressions.value(s.region[d].min);
        const auto start = ir::as_int(s.region[d].min), count = ir::as_int(s.region[d].extent);
        const std::string to = start && count ? std::to_string(*start + *count) : from + " + " + expressions.value(s.region[d].extent);
        slices += (d ? ", " : "") + (d < skipped ? from : from + ":" + to);
      }
      return fmt::format("{} = {}[{}]", expressions.name(s.buffer), expressions.name(s.source->buffer), slices);
    }
    if (!s.base || s.base->dtype != s.buffer->dtype || !s.buffer->strides.empty() || !s.base->strides.empty())
      throw NotEmitted{"the view " + s.buffer->name + " in NumPy"};
    if (!s.buffer->elem_offset || ir::is_zero(s.buffer->elem_offset))
      if (const auto size = elements(s.buffer), whole = elements(s.base); size && size == whole)
        return fmt::format("{} = {}.reshape({})", expressions.name(s.buffer), expressions.name(s.base), tuple(s.buffer->shape));
    const auto size = elements(s.buffer);
    const auto offset = s.buffer->elem_offset ? ir::as_int(s.buffer->elem_offset) : 0;
    if (!size || !offset) throw NotEmitted{"the view " + s.buffer->name + " in NumPy"};
    return fmt::format("{} = {}.reshape(-1)[{}:{}].reshape({})", expressions.name(s.buffer), expressions.name(s.base), *offset, *offset + *size, tuple(s.buffer->shape));
  }
  static std::optional<int64_t> elements(const ir::Buffer& buffer) {
    int64_t n = 1;
    for (const ir::Expr& extent : buffer->shape) {
      const auto value = ir::as_int(extent);
      if (!value) return {};
      n *= *value;
    }
    return n;
  }

  Lines lines_{4};
  bool is_empty_ = true;
  std::vector<PlainKind> kinds_;
};

}  // namespace

Result<LinkedText> to_numpy(const ir::Module& module, std::string_view function) try {
  TRY_ASSIGN(const auto functions, chosen_functions(module, function));
  std::vector<LinkedText> bodies;
  bool needs_math = false, needs_truncdiv = false;
  for (const ir::NamedFunction& f : functions) {
    NumpyFunction printer(f.name, f.function);
    bodies.push_back(printer.print());
    needs_math = needs_math || printer.expressions.needs_math;
    needs_truncdiv = needs_truncdiv || printer.expressions.needs_truncdiv;
  }
  Lines lines(4);
  lines.add(fmt::format("# NumPy loops of the program with structural hash {:016x}, written by Loopglass.", ir::structural_hash(module)));
  if (needs_math) lines.add("import math");
  lines.add("import numpy as np");
  if (needs_truncdiv)
    for (const char* text : {"", "", "def truncdiv(a, b):", "    q = abs(a) // abs(b)", "    return q if (a < 0) == (b < 0) else -q", "", "", "def truncmod(a, b):",
                             "    return a - truncdiv(a, b) * b"})
      lines.add(text);
  for (const LinkedText& body : bodies) {
    lines.add("");
    lines.add("");
    lines.append(body);
  }
  return lines.take();
} catch (const NotEmitted& e) {
  return fail(DiagnosticKind::UnsupportedOperation, "there is no form for " + e.what);
}

}  // namespace loopglass::emit
