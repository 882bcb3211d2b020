// Gives expressions of a script their meaning: names, Python arithmetic on constants, TensorIR expressions, buffer accesses.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>

#include "engine/script/scope.h"
#include "engine/script/syntax.h"
#include "engine/support/diagnostic.h"

namespace loopglass::script {

// Thrown when a diagnostic has been recorded and the statement at hand cannot go on; caught where statements are read.
// It never leaves this folder.
struct StatementFailed {};

// One argument: its syntax and what it stands for.
struct Argument {
  Value value;
  SourceSpan span;
};

class Evaluator {
 public:
  Evaluator(std::string_view text, Scope& scope, std::vector<Diagnostic>& errors) : text_(text), scope_(scope), errors_(errors) {}

  Value evaluate(const Syntax& e);
  // As an expression of TensorIR: constants become int32 / float32 immediates, a slice becomes a Ramp.
  ir::Expr expression(const Syntax& e) { return to_expr(evaluate(e), e.span); }
  ir::Expr to_expr(const Value& value, SourceSpan span);
  ir::Expr integer(const Syntax& e);    // of an integral type
  ir::Expr condition(const Syntax& e);  // of type bool
  ir::BufferRegion region(const Syntax& e);
  int64_t constant_integer(const Syntax& e);
  std::string constant_string(const Syntax& e);
  ir::DataType type(const Syntax& e);   // "float32" or T.float32
  // A shape, strides: a tuple, a list or one expression.
  std::vector<ir::Expr> integers(const Syntax& e);
  ir::Attr attribute(const Value& value, SourceSpan span);
  ir::AttrMap attributes(const Syntax& e);
  // The indices of `buffer[...]` as a store takes them: slices become Ramps.
  std::vector<ir::Expr> store_indices(const ir::Buffer& buffer, const Syntax& index);

  // Arguments in the order of `names`; null where absent. The first `required` have to be there.
  std::vector<const Syntax*> bind(const Syntax& call, std::initializer_list<std::string_view> names, size_t required);
  // The positional arguments with *sequences spread; keywords are refused.
  std::vector<Argument> positional(const Syntax& call);

  [[noreturn]] void fail(DiagnosticKind kind, SourceSpan span, std::string message, std::string help = {});
  [[noreturn]] void mismatch(SourceSpan span, std::string message, std::string help = {}) {
    fail(DiagnosticKind::TypeMismatch, span, std::move(message), std::move(help));
  }
  std::string_view text() const { return text_; }
  Scope& scope() { return scope_; }
  // "T.grid" for a call of it, however T was imported; empty where the callee is no T name.
  std::string builtin_name(const Syntax& callee);

 private:
  Value name(const Syntax& e);
  Value attribute_of(const Syntax& e);
  Value namespace_member(const Syntax& e, const Namespace& space);
  Value buffer_member(const Syntax& e, const ir::Buffer& buffer);
  Value call(const Syntax& e);
  Value call_type(const Syntax& e, ir::DataType type);
  Value call_python(const Syntax& e);
  Value index(const Syntax& e);
  Value access(const ir::Buffer& buffer, const Syntax& e);
  Value unary(const Syntax& e);
  Value binary(const Syntax& e);
  Value python_binary(const Syntax& e, const Value& a, const Value& b);
  Value compare(const Syntax& e);
  Value logical(const Syntax& e);
  Value conditional(const Syntax& e);
  Value number(const Syntax& e);
  SliceValue slice(const Syntax& e);
  ir::Expr vector_index(const SliceValue& slice, const ir::Expr& extent, SourceSpan span);

  std::string_view text_;
  Scope& scope_;
  std::vector<Diagnostic>& errors_;
};

// intrinsics.cpp: the functions of T that make expressions.
// The value of a call, or nothing where `name` ("exp", "if_then_else") is no such function.
std::optional<Value> call_intrinsic(Evaluator& evaluator, std::string_view name, const Syntax& call);
std::span<const std::string_view> intrinsic_names();
// `a op b` with both sides brought to one type; reports what has none. `op` is Python's.
ir::Expr apply_operator(Evaluator& evaluator, std::string_view op, const ir::Expr& a, const ir::Expr& b, SourceSpan span);

}  // namespace loopglass::script
