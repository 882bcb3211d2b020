#include <fmt/format.h>

#include "engine/ir/op.h"
#include "engine/script/function_reader.h"

namespace loopglass::script {

using ir::Expr;
using ir::Stmt;

void FunctionReader::read_statement(const StatementSyntax& s) {
  switch (s.kind) {
    case StatementKind::Expression: return read_expression_statement(s);
    case StatementKind::Assign: return read_assign(s);
    case StatementKind::AnnotatedAssign: return read_annotated(s);
    case StatementKind::AugmentedAssign: return read_augmented(s);
    case StatementKind::For: return read_for(s);
    case StatementKind::While: return read_while(s);
    case StatementKind::If: return read_if(s);
    case StatementKind::With: return read_with(s);
    case StatementKind::Assert: return read_assert(s);
    case StatementKind::Pass: return;
    case StatementKind::Break:
    case StatementKind::Continue: unsupported(s.head, "break and continue are not supported", "make the condition part of the loop");
    case StatementKind::Return: unsupported(s.head, "a T.prim_func returns nothing", "write the result into a buffer");
    case StatementKind::Function: unsupported(s.head, "a function inside a T.prim_func is not supported");
    case StatementKind::Class: unsupported(s.head, "a class inside a T.prim_func is not supported");
    case StatementKind::Import: unsupported(s.head, "an import inside a T.prim_func is not supported");
    case StatementKind::Other:
      if (!s.is_unreadable) unsupported(s.head, "this statement is not part of TVMScript");
      return;
  }
}

void FunctionReader::read_expression_statement(const StatementSyntax& s) {
  const Syntax& e = *s.value;
  if (e.kind == SyntaxKind::String || e.kind == SyntaxKind::Ellipsis) return;  // a docstring
  if (e.kind != SyntaxKind::Call) unsupported(e.span, "this line has no effect", "assign the value to an element of a buffer, or take the line out");
  const std::string name = evaluator_.builtin_name(*e.child(0));
  if (name == "func_attr") {
    const auto args = evaluator_.bind(e, {"attrs"}, 1);
    for (auto& [key, value] : evaluator_.attributes(*args[0])) {
      if (attrs_.contains(key)) evaluator_.fail(DiagnosticKind::SyntaxError, e.span, fmt::format("the attribute \"{}\" is given twice", key));
      if (key == "global_symbol" && is_private_)
        evaluator_.fail(DiagnosticKind::SyntaxError, e.span, "a private function has no global_symbol", "take private=True or the attribute out");
      attrs_[key] = std::move(value);
    }
    return;
  }
  if (name == "reads" || name == "writes" || name == "where" || name == "sblock_attr" || name == "block_attr") return block_statement(name, e);
  if (name == "attr") return read_attr(e, nullptr, s.span);
  if (name.starts_with("axis."))
    evaluator_.fail(DiagnosticKind::SyntaxError, e.span, "the axis needs a name", fmt::format("write vi = T.{}(...)", name));
  if (name == "sblock" || name == "block" || name == "init")
    evaluator_.fail(DiagnosticKind::SyntaxError, e.span, fmt::format("T.{} opens a block", name), fmt::format("write `with T.{}(...):` and indent what belongs to it", name));
  if (name == "grid" || name == "serial" || name == "parallel" || name == "vectorized" || name == "unroll" || name == "thread_binding")
    evaluator_.fail(DiagnosticKind::SyntaxError, e.span, fmt::format("T.{} belongs into a for statement", name), fmt::format("write `for i in T.{}(...):`", name));
  ir::Evaluate evaluate;
  if (name == "evaluate") {
    const auto args = evaluator_.bind(e, {"value"}, 1);
    evaluate.value = evaluator_.expression(*args[0]);
  } else {
    evaluate.value = evaluator_.expression(e);
  }
  emit(ir::make_stmt(std::move(evaluate)), s.span);
}

void FunctionReader::read_if(const StatementSyntax& s) {
  const auto branch = [&](const std::vector<StatementSyntax>& statements) {
    const Scope::Frame frame(scope_);
    return read_body(statements);
  };
  const Value value = evaluator_.evaluate(*s.value);
  if (const auto* constant = value.as<bool>()) {
    const Scope::Frame frame(scope_);
    if (Stmt taken = read_body(*constant ? s.body : s.otherwise)) bodies_.back()->push_back({std::move(taken)});
    return;
  }
  ir::IfThenElse result;
  result.condition = evaluator_.to_expr(value, s.value->span);
  if (!result.condition->dtype.is_bool())
    evaluator_.mismatch(s.value->span, fmt::format("a condition is needed, this is {}", describe({result.condition})), "compare it: x != 0");
  result.then_case = branch(s.body);
  result.else_case = branch(s.otherwise);
  if (!result.then_case) result.then_case = ir::make_stmt([] { ir::Evaluate e; e.value = ir::make_int(0); return e; }());
  emit(ir::make_stmt(std::move(result)), s.span);
}

void FunctionReader::read_while(const StatementSyntax& s) {
  const Scope::Frame frame(scope_);
  if (!s.otherwise.empty()) unsupported(s.otherwise[0].span, "a loop has no else in TVMScript");
  ir::While loop;
  loop.condition = evaluator_.condition(*s.value);
  loop.body = read_body(s.body);
  if (!loop.body) loop.body = ir::make_stmt([] { ir::Evaluate e; e.value = ir::make_int(0); return e; }());
  emit(ir::make_stmt(std::move(loop)), s.span);
}

void FunctionReader::read_with(const StatementSyntax& s) { read_with_items(s, 0); }

void FunctionReader::read_with_items(const StatementSyntax& s, size_t item) {
  const Scope::Frame frame(scope_);
  const Syntax& context = *s.items[item].context;
  const std::function<Stmt()> body = [&]() -> Stmt {
    if (item + 1 == s.items.size()) return read_body(s.body);
    std::vector<BodyItem> items;
    bodies_.push_back(&items);
    read_with_items(s, item + 1);
    bodies_.pop_back();
    return make_body(std::move(items));
  };
  const std::string name = context.kind == SyntaxKind::Call ? evaluator_.builtin_name(*context.child(0)) : std::string();
  if (s.items[item].name) unsupported(s.items[item].name->span, "`as` has no meaning here", "take it out");
  if (name == "sblock" || name == "block") return read_block(context, body, s.span);
  if (name == "init") return read_init(body, context.span);
  if (name == "attr") return read_attr(context, &body, s.span);
  if (name.empty()) {
    evaluator_.evaluate(context);
    unsupported(context.span, "a with statement opens T.sblock(...), T.block(...), T.init() or T.attr(...)");
  }
  unsupported(context.span, fmt::format("T.{} cannot be opened by `with`", name), "a with statement opens T.sblock(...), T.block(...), T.init() or T.attr(...)");
}

// `with T.attr(node, key, value):`, or the same as a line of its own that reaches to the end of the body.
void FunctionReader::read_attr(const Syntax& call, const std::function<Stmt()>* body, SourceSpan span) {
  ir::AttrStmt attr;
  const auto args = evaluator_.bind(call, {"node_or_dict", "attr_key", "value"}, 1);
  const Value first = evaluator_.evaluate(*args[0]);
  std::vector<std::pair<std::string, Expr>> entries;
  if (const auto* dictionary = first.as<Dictionary>()) {
    for (const auto& [key, value] : dictionary->items) entries.emplace_back(key, evaluator_.to_expr(value, args[0]->span));
    if (entries.empty()) evaluator_.mismatch(args[0]->span, "T.attr needs at least one entry");
    attr.node = ir::make_int(0);
  } else {
    if (!args[1] || !args[2]) evaluator_.mismatch(call.span, "T.attr takes a node, a key and a value");
    const auto* buffer = first.as<ir::Buffer>();
    attr.node = buffer ? Expr((*buffer)->data) : evaluator_.to_expr(first, args[0]->span);
    entries.emplace_back(evaluator_.constant_string(*args[1]), evaluator_.expression(*args[2]));
  }
  const auto wrap = [](const Stmt& opener, Stmt inner) {
    ir::AttrStmt whole = ir::get<ir::AttrStmt>(opener);
    whole.body = std::move(inner);
    return ir::make_stmt(std::move(whole));
  };
  if (!body) {
    for (auto& [key, value] : entries) {
      attr.key = key;
      attr.value = value;
      emit_scope(ir::make_stmt(attr), wrap, span);
    }
    return;
  }
  Stmt inner = (*body)();
  for (size_t i = entries.size(); i > 0; --i) {
    attr.key = entries[i - 1].first;
    attr.value = entries[i - 1].second;
    attr.body = inner ? inner : ir::make_stmt([] { ir::Evaluate e; e.value = ir::make_int(0); return e; }());
    inner = ir::make_stmt(attr);
    spans_[inner.get()] = span;
  }
  bodies_.back()->push_back({std::move(inner)});
}

void FunctionReader::read_assert(const StatementSyntax& s) {
  ir::Assert result;
  const Value condition = evaluator_.evaluate(*s.value);
  result.condition = evaluator_.to_expr(condition, s.value->span);
  if (!result.condition->dtype.is_bool())
    evaluator_.mismatch(s.value->span, fmt::format("a condition is needed, this is {}", describe({result.condition})), "compare it: x != 0");
  if (s.annotation) {
    const Value message = evaluator_.evaluate(*s.annotation);
    const auto wrong = [&] { evaluator_.mismatch(s.annotation->span, fmt::format("a message, or (\"RuntimeError\", [\"message\"]), is needed; this is {}", describe(message))); };
    if (const auto* text = message.as<std::string>()) {
      result.messages = {*text};
    } else if (const auto* parts = message.as<Sequence>(); parts && parts->items.size() == 2 && parts->items[0].as<std::string>() && parts->items[1].as<Sequence>()) {
      result.error_kind = *parts->items[0].as<std::string>();
      for (const Value& part : parts->items[1].as<Sequence>()->items) {
        if (!part.as<std::string>()) wrong();
        result.messages.push_back(*part.as<std::string>());
      }
    } else {
      wrong();
    }
  }
  emit(ir::make_stmt(std::move(result)), s.span);
}

void FunctionReader::read_store(const Syntax& target, const Expr& value, SourceSpan span) {
  const Value base = evaluator_.evaluate(*target.child(0));
  const auto* buffer = base.as<ir::Buffer>();
  if (!buffer) evaluator_.mismatch(target.child(0)->span, fmt::format("only elements of buffers can be assigned, this is {}", describe(base)));
  const std::vector<Expr> indices = evaluator_.store_indices(*buffer, target);
  const int lanes = indices.empty() ? 1 : indices.back()->dtype.lanes;
  const ir::DataType type = (*buffer)->dtype.with_lanes((*buffer)->dtype.lanes * lanes);
  const ir::DataType given = value->dtype;
  if (given.lanes != type.lanes && !(given.is_scalar() && ir::as<ir::IntImm>(value)))
    evaluator_.mismatch(span, fmt::format("{} elements of {} are assigned {} value{}", type.lanes, (*buffer)->name, given.lanes, given.lanes == 1 ? "" : "s"), lanes > 1 ? "write T.Broadcast(x, lanes)" : "");
  if (!ir::common_type(type.element(), given.element())) evaluator_.mismatch(span, fmt::format("{} holds {}, it cannot be assigned {}", (*buffer)->name, ir::to_string((*buffer)->dtype), describe({value})));
  emit(ir::make_store(*buffer, as_type(value, type), indices), span);
}

void FunctionReader::read_augmented(const StatementSyntax& s) {
  const Syntax& target = *s.targets[0];
  const Expr value = apply_operator(evaluator_, s.text, evaluator_.expression(target), evaluator_.expression(*s.value), s.span);
  if (target.kind == SyntaxKind::Index) return read_store(target, value, s.span);
  const auto* load = ir::as<ir::BufferLoad>(evaluator_.expression(target));
  if (!load) evaluator_.mismatch(target.span, fmt::format("'{}=' changes an element of a buffer", s.text), "write A[i] += x");
  emit(ir::make_store(load->buffer, as_type(value, load->dtype), load->indices), s.span);
}

}  // namespace loopglass::script
