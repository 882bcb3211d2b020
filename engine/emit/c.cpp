// A module as C99.
#include <fmt/format.h>

#include <algorithm>

#include "engine/emit/c_expr.h"
#include "engine/emit/emit.h"
#include "engine/emit/functions.h"
#include "engine/emit/lines.h"
#include "engine/ir/strides.h"
#include "engine/ir/structural_equal.h"

namespace loopglass::emit {

namespace {

// Keywords, and the names of what the text may call.
const std::set<std::string> kReserved = {
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float", "for", "goto", "if", "inline", "int",
    "long", "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile",
    "while", "bool", "true", "false", "main", "lane", "value", "NAN", "INFINITY", "abort", "malloc", "free", "memcpy", "fputs", "stderr",
    "exp", "exp2", "log", "log2", "log10", "log1p", "sqrt", "tanh", "erf", "fabs", "floor", "ceil", "trunc", "rint", "round", "nearbyint", "sin", "cos", "tan", "asin",
    "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh", "pow", "atan2", "fmod", "hypot", "copysign", "fma", "ldexp", "isnan", "isinf", "isfinite",
    "expf", "exp2f", "logf", "log2f", "log10f", "log1pf", "sqrtf", "tanhf", "erff", "fabsf", "floorf", "ceilf", "truncf", "rintf", "nearbyintf", "sinf", "cosf",
    "tanf", "asinf", "acosf", "atanf", "sinhf", "coshf", "asinhf", "acoshf", "atanhf", "powf", "atan2f", "fmodf", "hypotf", "copysignf", "fmaf", "ldexpf", "abs", "y0", "y1",
    "yn", "j0", "j1", "jn", "gamma", "index", "signal", "time", "clock", "div", "exit", "remainder"};

constexpr int64_t kMaxStackBytes = 16384;   // larger arrays come from malloc

std::string c_name(const std::string& name) { return kReserved.contains(name) ? name + "_" : name; }

class CFunction {
 public:
  CFunction(const std::string& name, const ir::Function& function) : plain_(make_plain(name, function, kReserved)) {}

  LinkedText print() {
    std::string params;
    for (const ir::Param& param : plain_.params) {
      if (param.buffer) declare(param.buffer, {});
      params += (params.empty() ? "" : ", ") + (param.buffer ? fmt::format("{}* restrict {}", c_type(param.buffer->dtype), expressions.buffers.at(param.buffer.get()).name)
                                                             : fmt::format("{} {}", c_type(param.var->dtype), param.var->name));
    }
    lines_.add(fmt::format("void {}({}) {{", c_name(plain_.name), params.empty() ? "void" : params));
    lines_.indent();
    allocated_.emplace_back();
    for (const PlainStmt& s : plain_.stmts) statement(s);
    close();
    return lines_.take();
  }

 private:
  PlainFunction plain_;

 public:
  CExpressions expressions;

 private:
  static int64_t constant(const ir::Expr& e, const ir::Buffer& buffer) {
    const auto value = ir::as_int(e);
    if (!value) throw NotEmitted{"the symbolic shape or stride of " + buffer->name + " in C; bind it to a number first (--set n=128)"};
    return *value;
  }

  // `strides`: in elements; empty for the buffer's own.
  void declare(const ir::Buffer& buffer, std::vector<std::string> strides) {
    CBuffer made{plain_.buffer_names.at(buffer.get()), std::move(strides)};
    int64_t size = 1;
    std::vector<int64_t> own(buffer->shape.size());
    const std::vector<ir::Expr> stated = ir::stated_strides(*buffer);
    for (size_t d = buffer->shape.size(); d-- > 0;) {
      own[d] = !stated.empty() && ir::as_int(stated[d]) ? *ir::as_int(stated[d]) : size;
      size = std::max(size, own[d] * constant(buffer->shape[d], buffer));
    }
    if (made.strides.empty())
      for (int64_t stride : own) made.strides.push_back(std::to_string(stride));
    made.is_wide = size > INT32_MAX;
    sizes_[buffer.get()] = size;
    expressions.buffers[buffer.get()] = std::move(made);
  }

  void open(const std::string& head, const PlainStmt& s) {
    lines_.add(head, s.path);
    lines_.indent();
    allocated_.emplace_back();
  }
  void close() {
    for (const std::string& name : allocated_.back()) lines_.add("free(" + name + ");");
    allocated_.pop_back();
    lines_.dedent();
    lines_.add("}");
  }

  void statement(const PlainStmt& s) {
    switch (s.kind) {
      case PlainKind::For: return open_for(s);
      case PlainKind::If: return open("if (" + expressions.value(s.a) + ") {", s);
      case PlainKind::Else: return open("else {", s);
      case PlainKind::While: return open("while (" + expressions.value(s.a) + ") {", s);
      case PlainKind::Scope: return open("{", s);
      case PlainKind::Close: return close();
      case PlainKind::Assign:
        if (expressions.is_non_negative(s.a)) expressions.non_negative.insert(s.var.get());
        return lines_.add(fmt::format("const {} {} = {};", c_type(s.var->dtype), s.var->name, expressions.value(s.a)), s.path);
      case PlainKind::Alloc: return allocate(s);
      case PlainKind::View: return view(s);
      case PlainKind::Store: return store(s);
      case PlainKind::Assert:
        lines_.add(fmt::format("if (!({})) {{", expressions.value(s.a)), s.path);
        lines_.add(fmt::format("  fputs(\"{}\\n\", stderr);", escaped(s.text)));
        lines_.add("  abort();");
        return lines_.add("}");
    }
  }
  static std::string escaped(const std::string& text) {
    std::string out;
    for (char c : text) out += c == '"' || c == '\\' ? std::string("\\") + c : c == '\n' ? "\\n" : std::string(1, c);
    return out;
  }

  void open_for(const PlainStmt& s) {
    if (expressions.is_non_negative(s.a)) expressions.non_negative.insert(s.var.get());
    const std::string& v = s.var->name;
    const std::string step = s.c ? v + " += " + expressions.value(s.c) : "++" + v;
    const std::string kind = s.loop->for_kind == ir::ForKind::Serial ? "" : fmt::format("  /* {} */", ir::to_string(s.loop->for_kind));
    open(fmt::format("for ({} {} = {}; {} < {}; {}) {{{}", c_type(s.var->dtype), v, expressions.value(s.a), v, expressions.spelled(s.b).at(kCompare + 1), step, kind), s);
  }

  void allocate(const PlainStmt& s) {
    declare(s.buffer, {});
    const int64_t size = std::max<int64_t>(sizes_.at(s.buffer.get()), 1);
    const std::string& name = expressions.buffers.at(s.buffer.get()).name;
    const std::string type = c_type(s.buffer->dtype);
    if (size * s.buffer->dtype.bytes() <= kMaxStackBytes) return lines_.add(fmt::format("{} {}[{}];", type, name, size), s.path);
    uses_malloc = true;
    lines_.add(fmt::format("{0}* restrict {1} = malloc(sizeof({0}) * {2});", type, name, size), s.path);
    lines_.add(fmt::format("if (!{}) abort();", name));
    allocated_.back().push_back(name);
  }

  void view(const PlainStmt& s) {
    const std::string type = c_type(s.buffer->dtype);
    if (s.source) {
      const CBuffer& source = expressions.buffers.at(s.source->buffer.get());
      const size_t skipped = s.region.size() - std::min(s.region.size(), s.buffer->shape.size());
      std::vector<ir::Expr> start;
      for (const ir::Range& range : s.region) start.push_back(range.min);
      const std::string at = fmt::format("{} + {}", source.name, expressions.offset(source, start));
      declare(s.buffer, {source.strides.begin() + static_cast<int64_t>(skipped), source.strides.end()});
      return lines_.add(fmt::format("{}* {} = {};", type, expressions.buffers.at(s.buffer.get()).name, at), s.path);
    }
    if (!s.base || s.base->dtype != s.buffer->dtype) throw NotEmitted{"the view " + s.buffer->name + " in C"};
    declare(s.buffer, {});
    const int64_t offset = s.buffer->elem_offset ? constant(s.buffer->elem_offset, s.buffer) : 0;
    lines_.add(fmt::format("{}* {} = {}{};", type, expressions.buffers.at(s.buffer.get()).name, expressions.buffers.at(s.base.get()).name,
                           offset ? " + " + std::to_string(offset) : ""),
               s.path);
  }

  // A vector's lanes are all computed before the first is stored.
  void store(const PlainStmt& s) {
    const int lanes = s.a->dtype.lanes;
    if (lanes == 1) return lines_.add(fmt::format("{} = {};", expressions.element(s.buffer, s.indices), expressions.value(s.a)), s.path);
    lines_.add("{", s.path);
    lines_.add(fmt::format("  {} value[{}];", c_type(s.buffer->dtype), lanes));
    lines_.add(fmt::format("  for (int lane = 0; lane < {}; ++lane) value[lane] = {};", lanes, expressions.value(s.a)), s.path);
    lines_.add(fmt::format("  for (int lane = 0; lane < {}; ++lane) {} = value[lane];", lanes, expressions.element(s.buffer, s.indices)), s.path);
    lines_.add("}");
  }

  Lines lines_{2};
  std::map<const ir::BufferNode*, int64_t> sizes_;
  std::vector<std::vector<std::string>> allocated_;   // by malloc, per brace

 public:
  bool uses_malloc = false;
};

}  // namespace

Result<LinkedText> to_c(const ir::Module& module, std::string_view function) try {
  TRY_ASSIGN(const auto functions, chosen_functions(module, function));
  std::vector<LinkedText> bodies;
  std::set<std::string> helpers;
  for (const ir::NamedFunction& f : functions) {
    CFunction printer(f.name, f.function);
    bodies.push_back(printer.print());
    helpers.merge(printer.expressions.helpers);
  }
  Lines lines(2);
  lines.add(fmt::format("/* C99 of the program with structural hash {:016x}, written by Loopglass. */", ir::structural_hash(module)));
  for (const char* header : {"math", "stdbool", "stdint", "stdio", "stdlib", "string"}) lines.add(fmt::format("#include <{}.h>", header));
  lines.add("");
  lines.add("#ifdef __clang__");
  lines.add("#pragma STDC FP_CONTRACT OFF /* every operation rounds; GCC does so with -std=c99 */");
  lines.add("#endif");
  if (!helpers.empty()) lines.add("");
  for (const std::string& helper : helpers) lines.add(helper);
  for (const LinkedText& body : bodies) {
    lines.add("");
    lines.append(body);
  }
  return lines.take();
} catch (const NotEmitted& e) {
  return fail(DiagnosticKind::UnsupportedOperation, "there is no form for " + e.what);
}

}  // namespace loopglass::emit
