#include "engine/script/function_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/ir/op.h"
#include "engine/ir/visitor.h"
#include "engine/script/lexer.h"
#include "engine/script/syntax_parser.h"

namespace loopglass::script {

using ir::Stmt;

namespace {

// A let opens a scope over all that follows: each one is a level of the tree.
constexpr int kMaxScopes = 500;

bool contains_block(const Stmt& body) {
  bool found = false;
  ir::for_each_stmt(body, [&](const Stmt& s) {
    found = found || s->kind == ir::StmtKind::BlockRealize;
    return !found;
  });
  return found;
}

bool mentions(const Syntax& e, std::string_view name) {
  if (e.kind == SyntaxKind::Name && e.text == name) return true;
  if (e.kind == SyntaxKind::String && e.text.find(name) != std::string_view::npos) return true;
  return std::any_of(e.children.begin(), e.children.end(), [&](const Syntax* c) { return c && mentions(*c, name); });
}

}  // namespace

ir::Function FunctionReader::read(const StatementSyntax& definition, const std::vector<std::string>& type_vars) {
  const size_t errors_before = errors_.size();
  const Scope::Frame frame(scope_);
  Stmt body;
  try {
    read_decorator(definition);
  } catch (const StatementFailed&) {
    return nullptr;  // whether it may hold blocks is unknown
  }
  read_signature(definition, type_vars);
  body = read_body(definition.body);
  if (errors_.size() != errors_before) return nullptr;
  if (!body) body = ir::make_stmt([] { ir::Evaluate e; e.value = ir::make_int(0); return e; }());
  ir::PrimFunc function;
  function.params = std::move(params_);
  function.is_s_tir = is_s_tir_;
  function.attrs = std::move(attrs_);
  if (!is_private_ && !function.attrs.contains("global_symbol")) function.attrs["global_symbol"] = {std::string(definition.text)};
  function.body = with_root_block(std::move(body));
  spans_.try_emplace(function.body.get(), definition.span);
  return std::make_shared<const ir::PrimFunc>(std::move(function));
}

void FunctionReader::read_decorator(const StatementSyntax& definition) {
  is_s_tir_ = dialect_ == Dialect::Tir;
  for (const Syntax* decorator : definition.decorators) {
    if (decorator->kind != SyntaxKind::Call || last_name(*decorator->child(0)) != "prim_func") continue;
    const auto args = evaluator_.bind(*decorator, {"func", "private", "check_well_formed", "s_tir"}, 0);
    const auto flag = [&](const Syntax* e) {
      if (!e) return false;
      const Value value = evaluator_.evaluate(*e);
      if (!value.as<bool>()) evaluator_.mismatch(e->span, fmt::format("True or False is needed, this is {}", describe(value)));
      return *value.as<bool>();
    };
    is_private_ = flag(args[1]);
    is_s_tir_ = is_s_tir_ || flag(args[3]);
  }
}

void FunctionReader::read_signature(const StatementSyntax& definition, const std::vector<std::string>& type_vars) {
  for (const std::string& name : type_vars) {
    const auto is_parameter = [&](const ParameterSyntax& p) { return p.name == name; };
    const auto is_used = [&](const ParameterSyntax& p) { return p.annotation && mentions(*p.annotation, name); };
    const auto& parameters = definition.parameters;
    if (std::none_of(parameters.begin(), parameters.end(), is_parameter) && std::any_of(parameters.begin(), parameters.end(), is_used))
      scope_.set(name, {ir::Expr(ir::make_var(name, ir::kInt64))});
  }
  for (const ParameterSyntax& parameter : definition.parameters) {
    try {
      read_parameter(parameter, definition);
    } catch (const StatementFailed&) {
      scope_.set(parameter.name, {Invalid{}});
    }
  }
}

void FunctionReader::read_parameter(const ParameterSyntax& p, const StatementSyntax& definition) {
  if (!p.annotation)
    evaluator_.fail(DiagnosticKind::SyntaxError, p.span, fmt::format("the parameter {} needs a type", p.name),
                    fmt::format("write {}: T.Buffer((128, 128), \"float32\"), or {}: T.int32", p.name, p.name));
  if (p.default_value) unsupported(p.default_value->span, "a parameter has no default value in TVMScript");
  const bool is_known = std::any_of(params_.begin(), params_.end(), [&](const ir::Param& q) { return (q.buffer ? q.buffer->name : q.var->name) == p.name; });
  if (is_known) evaluator_.fail(DiagnosticKind::SyntaxError, p.span, fmt::format("two parameters have the name {}", p.name));
  const Syntax& a = *p.annotation;
  const bool has_arguments = a.kind == SyntaxKind::Call || a.kind == SyntaxKind::Index;
  if (has_arguments && evaluator_.builtin_name(*a.child(0)) == "Buffer") {
    const Syntax* shape = a.children.size() > 1 ? a.child(1) : nullptr;
    for (const Syntax* argument : a.children)
      if (argument->kind == SyntaxKind::Keyword && argument->text == "shape") shape = argument->child(0);
    if (shape) define_quoted_names(*shape, definition);
    const ir::Buffer buffer = parameter_buffer(a, p.name);
    params_.push_back({ir::make_var(std::string(p.name), ir::kHandle), buffer});
    visible_.push_back(buffer.get());
    scope_.set(p.name, {buffer});
    return;
  }
  const Value value = evaluator_.evaluate(a);
  ir::Var var;
  if (const auto* type = value.as<TypeName>()) var = ir::make_var(std::string(p.name), type->type);
  if (const auto* e = value.as<ir::Expr>()) {
    if (const ir::Var v = ir::as_var(*e); v && v->name.empty()) var = ir::make_var(std::string(p.name), v->dtype);
  }
  if (!var)
    evaluator_.mismatch(a.span, fmt::format("the type of {} has to be T.Buffer(...), T.handle or a scalar type, this is {}", p.name, describe(value)),
                        value.as<Builtin>() && value.as<Builtin>()->name == "Buffer" ? "give the shape: T.Buffer((128, 128), \"float32\")" : "");
  for (const auto& [name, quoted] : quoted_vars_)
    if (name == p.name) var = quoted;
  params_.push_back({var, nullptr});
  scope_.set(p.name, {ir::Expr(var)});
}

// "n" in a shape: each name that is not known yet becomes a variable, of the type of the scalar parameter of that name,
// else int32.
void FunctionReader::define_quoted_names(const Syntax& shape, const StatementSyntax& definition) {
  if (shape.kind != SyntaxKind::String) {
    for (const Syntax* child : shape.children)
      if (child) define_quoted_names(*child, definition);
    return;
  }
  const uint32_t quote = shape.span.begin + shape.text.find_first_of("'\"");
  const TokenList part = tokenize(evaluator_.text(), {quote + 1, shape.span.end - 1});
  for (const Token& token : part.tokens) {
    if (token.kind != TokenKind::Name) continue;
    const std::string name(evaluator_.text().substr(token.span.begin, token.span.end - token.span.begin));
    if (scope_.find(name) && !scope_.find(name)->as<Unknown>()) continue;
    ir::DataType type = ir::kInt32;
    for (const ParameterSyntax& p : definition.parameters)
      if (p.name == name && p.annotation && p.annotation->kind == SyntaxKind::Attribute) type = evaluator_.type(*p.annotation);
    const ir::Var var = ir::make_var(name, type);
    scope_.set(name, {ir::Expr(var)});
    quoted_vars_.emplace_back(name, var);
  }
}

Stmt FunctionReader::read_body(const std::vector<StatementSyntax>& statements) {
  std::vector<BodyItem> items;
  bodies_.push_back(&items);
  const int depth = scope_depth_;
  const size_t bodies = bodies_.size(), blocks = blocks_.size(), loops = loops_.size();
  for (const StatementSyntax& s : statements) {
    try {
      read_statement(s);
    } catch (const StatementFailed&) {
      // Recorded; the next statement may have mistakes of its own. What the failed one had opened is closed.
      bodies_.resize(bodies);
      blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(blocks), blocks_.end());
      loops_.resize(loops);
      invalidate_targets(s);
    }
  }
  scope_depth_ = depth;
  bodies_.pop_back();
  return make_body(std::move(items));
}

// What a failed statement was to define is known, though not what it is.
void FunctionReader::invalidate_targets(const StatementSyntax& s) {
  for (const Syntax* target : s.targets) {
    const std::vector<const Syntax*> names = target->kind == SyntaxKind::Tuple ? target->children : std::vector<const Syntax*>{target};
    for (const Syntax* name : names)
      if (name->kind == SyntaxKind::Name && s.kind != StatementKind::For && !scope_.defined_in_frame(name->text)) scope_.set(name->text, {Invalid{}});
  }
}

Stmt FunctionReader::make_body(std::vector<BodyItem> items) {
  const auto is_empty = [](const BodyItem& item) {
    const auto* e = ir::as<ir::Evaluate>(item.stmt);
    return !item.wrap && e && ir::is_zero(e->value);
  };
  if (items.size() > 1) std::erase_if(items, is_empty);
  std::vector<Stmt> tail;  // reversed
  for (size_t i = items.size(); i > 0; --i) {
    BodyItem& item = items[i - 1];
    if (!item.wrap) {
      tail.push_back(std::move(item.stmt));
      continue;
    }
    std::reverse(tail.begin(), tail.end());
    Stmt body = ir::make_seq(std::move(tail));
    if (!body) body = ir::make_stmt([] { ir::Evaluate e; e.value = ir::make_int(0); return e; }());
    Stmt whole = item.wrap(item.stmt, std::move(body));
    spans_[whole.get()] = spans_[item.stmt.get()];
    spans_.erase(item.stmt.get());
    tail = {std::move(whole)};
  }
  std::reverse(tail.begin(), tail.end());
  return ir::make_seq(std::move(tail));
}

void FunctionReader::emit(Stmt stmt, SourceSpan span) {
  spans_[stmt.get()] = span;
  bodies_.back()->push_back({std::move(stmt)});
}

void FunctionReader::emit_scope(Stmt opener, Stmt (*wrap)(const Stmt&, Stmt), SourceSpan span) {
  if (++scope_depth_ > kMaxScopes) unsupported(span, fmt::format("more than {} variables and buffers are declared one after the other", kMaxScopes));
  spans_[opener.get()] = span;
  bodies_.back()->push_back({std::move(opener), wrap});
}

// As TVM completes a script: a root block around a body that allocates, or that has blocks and is no single block
// without axes itself.
Stmt FunctionReader::with_root_block(Stmt body) {
  if (!is_s_tir_) return body;
  const auto* realize = ir::as<ir::BlockRealize>(body);
  const bool is_needed = !root_allocs_.empty() || (realize ? !realize->block.iter_vars.empty() : contains_block(body));
  if (!is_needed) {
    if (!realize || (outermost_has_reads_ && outermost_has_writes_)) return body;
    // A block that is the root itself: its regions are never detected.
    ir::BlockRealize root = *realize;
    if (!outermost_has_reads_) root.block.reads.clear();
    if (!outermost_has_writes_) root.block.writes.clear();
    const SourceSpan span = spans_[body.get()];
    spans_.erase(body.get());
    const Stmt result = ir::make_stmt(std::move(root));
    spans_[result.get()] = span;
    return result;
  }
  ir::BlockRealize root;
  root.predicate = ir::make_bool(true);
  root.block.id = ir::make_block_id();
  root.block.name = "root";
  root.block.alloc_buffers = std::move(root_allocs_);
  root.block.body = std::move(body);
  return ir::make_stmt(std::move(root));
}

ir::Expr FunctionReader::as_type(const ir::Expr& e, ir::DataType type) const { return ir::cast(type, e); }

}  // namespace loopglass::script
