#include <fmt/format.h>

#include "engine/ir/op.h"
#include "engine/script/function_reader.h"

namespace loopglass::script {

using ir::Expr;
using ir::Stmt;

namespace {
Stmt wrap_let(const Stmt& opener, Stmt body) {
  ir::LetStmt whole = ir::get<ir::LetStmt>(opener);
  whole.body = std::move(body);
  return ir::make_stmt(std::move(whole));
}
}  // namespace

std::string_view FunctionReader::target_name(const Syntax& target) {
  if (target.kind != SyntaxKind::Name) evaluator_.fail(DiagnosticKind::SyntaxError, target.span, "one name is needed on the left");
  return target.text;
}

void FunctionReader::define(const Syntax& target, Value value) {
  const std::string_view name = target_name(target);
  if (name != "_" && scope_.defined_in_frame(name))
    evaluator_.fail(DiagnosticKind::SyntaxError, target.span, fmt::format("'{}' is already defined here", name), "give it another name");
  scope_.set(name, std::move(value));
}

void FunctionReader::read_assign(const StatementSyntax& s) {
  if (s.targets.size() != 1) unsupported(s.span, "a = b = c is not part of TVMScript", "write two lines");
  const Syntax& target = *s.targets[0];
  const Syntax& value = *s.value;
  if (target.kind == SyntaxKind::Index) return read_store(target, evaluator_.expression(value), s.span);
  if (value.kind == SyntaxKind::Call && assign_builtin(target, value, s.span)) return;
  if (assign_variables(target, value)) return;
  if (assign_scalar(target, value, s.span)) return;
  const Value v = evaluator_.evaluate(value);
  if (v.as<ir::Buffer>()) return define(target, v);  // another name for it
  const Expr e = evaluator_.to_expr(v, value.span);
  // The course's dialect binds a name to the value; TVM 0.27 makes a buffer of one element of it, which a block refuses.
  if (dialect_ == Dialect::Tir) return let(target, e, std::nullopt, s.span);
  if (!blocks_.empty())
    unsupported(s.span, fmt::format("'{}' would become a buffer of its own, which a block cannot hold", target_name(target)),
                fmt::format("write {}: T.let = ... to name a value", target_name(target)));
  scalar(target, e, e->dtype, s.span);
}

// Calls that declare something: axes, buffers.
bool FunctionReader::assign_builtin(const Syntax& target, const Syntax& call, SourceSpan span) {
  const Syntax& callee = *call.child(0);
  if (callee.kind == SyntaxKind::Attribute && callee.text == "view") {
    const Value method = evaluator_.evaluate(callee);
    if (!method.as<BufferMethod>()) return false;
    view(target, call, method.as<BufferMethod>()->buffer, span);
    return true;
  }
  const std::string name = evaluator_.builtin_name(callee);
  if (name == "axis.remap") {
    remap(target, call);
  } else if (name.starts_with("axis.")) {
    axis(target, std::string_view(name).substr(5), call);
  } else if (name == "sblock_alloc_buffer" || (name == "alloc_buffer" && dialect_ == Dialect::Tir)) {
    alloc_in_block(target, call);
  } else if (name == "alloc_buffer" || name == "alloc_local" || name == "alloc_shared") {
    alloc_statement(target, call, name == "alloc_local" ? "local" : name == "alloc_shared" ? "shared" : "", span);
  } else if (name == "match_buffer") {
    match_buffer(target, call);
  } else if (name == "decl_buffer") {
    decl_buffer(target, call, span);
  } else {
    return false;
  }
  return true;
}

// n = T.int32(), or N, M = T.int32(), T.int32().
bool FunctionReader::assign_variables(const Syntax& target, const Syntax& value) {
  const auto is_declaration = [&](const Syntax& e) {
    if (e.kind != SyntaxKind::Call || e.children.size() != 1 || e.child(0)->kind != SyntaxKind::Attribute) return false;
    const Value callee = evaluator_.evaluate(*e.child(0));
    return callee.as<TypeName>() != nullptr;
  };
  const bool is_tuple = target.kind == SyntaxKind::Tuple && value.kind == SyntaxKind::Tuple && target.children.size() == value.children.size();
  if (!is_tuple && !is_declaration(value)) return false;
  const std::vector<const Syntax*> targets = is_tuple ? target.children : std::vector<const Syntax*>{&target};
  const std::vector<const Syntax*> values = is_tuple ? value.children : std::vector<const Syntax*>{&value};
  for (const Syntax* v : values)
    if (!is_declaration(*v)) return false;
  for (size_t i = 0; i < targets.size(); ++i) declare_variable(*targets[i], ir::as_var(evaluator_.expression(*values[i])));
  return true;
}

void FunctionReader::declare_variable(const Syntax& target, const ir::Var& var) {
  const std::string_view name = target_name(target);
  for (const auto& [quoted, existing] : quoted_vars_) {
    if (quoted != name) continue;
    if (existing->dtype != var->dtype)
      evaluator_.mismatch(target.span, fmt::format("{} is {} in the signature and {} here", name, ir::to_string(existing->dtype), ir::to_string(var->dtype)));
    return;
  }
  define(target, {Expr(ir::make_var(std::string(name), var->dtype))});
}

void FunctionReader::let(const Syntax& target, const Expr& value, std::optional<ir::DataType> type, SourceSpan span) {
  ir::LetStmt result;
  const ir::DataType is = type.value_or(value->dtype);
  if (is != value->dtype && !ir::common_type(is, value->dtype)) evaluator_.mismatch(target.span, fmt::format("{} is to be {}, its value is {}", target_name(target), ir::to_string(is), describe({value})));
  result.var = ir::make_var(std::string(target_name(target)), is);
  result.value = is == value->dtype ? value : as_type(value, is);
  define(target, {Expr(result.var)});
  emit_scope(ir::make_stmt(std::move(result)), wrap_let, span);
}

void FunctionReader::read_annotated(const StatementSyntax& s) {
  const Syntax& target = *s.targets[0];
  const Value annotation = evaluator_.evaluate(*s.annotation);
  const auto* type = annotation.as<TypeName>();
  const auto* let_type = annotation.as<LetType>();
  if (!type && !let_type) evaluator_.mismatch(s.annotation->span, fmt::format("a type such as T.float32 or T.let is needed, this is {}", describe(annotation)));
  if (let_type || (dialect_ == Dialect::Tir && s.value)) {
    if (!s.value) evaluator_.fail(DiagnosticKind::SyntaxError, s.span, "T.let needs a value", "write x: T.let = value");
    const Expr value = evaluator_.expression(*s.value);
    const bool has_type = type || let_type->type;
    return let(target, value, has_type ? std::optional(type ? type->type : *let_type->type) : std::nullopt, s.span);
  }
  scalar(target, s.value ? as_type(evaluator_.expression(*s.value), type->type) : nullptr, type->type, s.span);
}

// x: T.int32 = value in TVM 0.27: a buffer of one element that is read and written by its name.
void FunctionReader::scalar(const Syntax& target, const Expr& value, ir::DataType type, SourceSpan span) {
  ir::BufferNode fields;
  fields.name = target_name(target);
  fields.dtype = type;
  fields.shape = {ir::make_int(1)};
  fields.scope = "local";
  const ir::Buffer buffer = ir::make_buffer(std::move(fields));
  define(target, {ir::make_load(buffer, {ir::make_int(0)})});
  ir::AllocBuffer alloc;
  alloc.buffer = buffer;
  emit_scope(ir::make_stmt(std::move(alloc)),
             [](const Stmt& opener, Stmt body) {
               ir::AllocBuffer whole = ir::get<ir::AllocBuffer>(opener);
               whole.body = std::move(body);
               return ir::make_stmt(std::move(whole));
             },
             span);
  if (value) emit(ir::make_store(buffer, value, {ir::make_int(0)}), span);
}

// x = value where x is such a buffer already.
bool FunctionReader::assign_scalar(const Syntax& target, const Syntax& value, SourceSpan span) {
  if (target.kind != SyntaxKind::Name) return false;
  const Value* known = scope_.find(target.text);
  if (!known) return false;
  ir::Buffer buffer;
  if (const auto* e = known->as<Expr>())
    if (const auto* load = ir::as<ir::BufferLoad>(*e)) buffer = load->buffer;
  if (const auto* b = known->as<ir::Buffer>(); b && (*b)->shape.size() == 1 && ir::is_one((*b)->shape[0])) buffer = *b;
  if (!buffer) return false;
  const Expr e = evaluator_.expression(value);
  if (!ir::common_type(e->dtype, buffer->dtype)) evaluator_.mismatch(value.span, fmt::format("{} holds {}, it cannot be assigned {}", buffer->name, ir::to_string(buffer->dtype), describe({e})));
  emit(ir::make_store(buffer, as_type(e, buffer->dtype), {ir::make_int(0)}), span);
  return true;
}

}  // namespace loopglass::script
