#include <fmt/format.h>

#include "engine/ir/op.h"
#include "engine/ir/visitor.h"
#include "engine/script/function_printer.h"
#include "engine/script/python_text.h"

namespace loopglass::script {

using ir::Stmt;

void FunctionPrinter::child(const Stmt& s, uint32_t step) {
  path_.steps.push_back(step);
  body(s);
  path_.steps.pop_back();
}

// What follows a let or a declared buffer; where nothing does, the text says nothing.
void FunctionPrinter::rest_of_scope(const Stmt& s) {
  const auto* e = ir::as<ir::Evaluate>(s);
  if (e && ir::is_zero(e->value)) return;
  path_.steps.push_back(0);
  is_alone_ = false;
  if (s->kind == ir::StmtKind::Seq) body(s);
  else statement(s);
  path_.steps.pop_back();
}

void FunctionPrinter::body(const Stmt& s) {
  if (const auto* seq = ir::as<ir::Seq>(s)) {
    for (size_t i = 0; i < seq->stmts.size(); ++i) {
      is_alone_ = false;
      path_.steps.push_back(static_cast<uint32_t>(i));
      statement(seq->stmts[i]);
      path_.steps.pop_back();
    }
    return;
  }
  is_alone_ = true;
  statement(s);
}

void FunctionPrinter::indented(const Stmt& s) {
  ++indent_;
  const NameTable::Frame frame(names_);
  body(s);
  --indent_;
}

void FunctionPrinter::statement(const Stmt& s) {
  switch (s->kind) {
    case ir::StmtKind::For: return loop(ir::get<ir::For>(s));
    case ir::StmtKind::BlockRealize: return block(ir::get<ir::BlockRealize>(s));
    case ir::StmtKind::Seq: return body(s);
    case ir::StmtKind::BufferStore: return store(ir::get<ir::BufferStore>(s));
    case ir::StmtKind::IfThenElse: return if_then_else(ir::get<ir::IfThenElse>(s));
    case ir::StmtKind::LetStmt: {
      const auto& let = ir::get<ir::LetStmt>(s);
      const std::string value = expr_.text(let.value);
      const std::string type = type_text(let.var->dtype);
      const size_t node = node_line(fmt::format(fmt::runtime(is_s_tir() ? "{}: T.let[T.{}] = {}" : "{}: T.{} = {}"), define_var(let.var), type, value));
      rest_of_scope(let.body);
      return end_node(node);
    }
    case ir::StmtKind::While: {
      const auto& loop = ir::get<ir::While>(s);
      const size_t node = node_line(fmt::format("while {}:", expr_.text(loop.condition)));
      path_.steps.push_back(0);
      indented(loop.body);
      path_.steps.pop_back();
      return end_node(node);
    }
    case ir::StmtKind::Assert: return assertion(ir::get<ir::Assert>(s));
    case ir::StmtKind::Evaluate: return evaluate(ir::get<ir::Evaluate>(s));
    case ir::StmtKind::DeclBuffer: return decl_buffer(ir::get<ir::DeclBuffer>(s));
    case ir::StmtKind::AllocBuffer: return alloc_buffer(ir::get<ir::AllocBuffer>(s));
    case ir::StmtKind::AttrStmt: return attr(ir::get<ir::AttrStmt>(s));
  }
}

void FunctionPrinter::store(const ir::BufferStore& s) {
  std::string text;
  expr_.append_access(text, s.buffer, s.indices);
  text += " = ";
  expr_.append(text, s.value);
  node_line(text);
}

void FunctionPrinter::if_then_else(const ir::IfThenElse& s) {
  const size_t node = node_line(fmt::format("if {}:", expr_.text(s.condition)));
  path_.steps.push_back(0);
  indented(s.then_case);
  if (s.else_case) {
    line("else:");
    path_.steps.back() = 1;
    indented(s.else_case);
  }
  path_.steps.pop_back();
  end_node(node);
}

void FunctionPrinter::assertion(const ir::Assert& s) {
  std::string text = "assert ";
  expr_.append(text, s.condition);
  text += ", (";
  append_string(text, s.error_kind);
  text += ", [";
  for (size_t i = 0; i < s.messages.size(); ++i) {
    if (i > 0) text += ", ";
    append_string(text, s.messages[i]);
  }
  node_line(text + "])");
}

void FunctionPrinter::evaluate(const ir::Evaluate& s) {
  const auto* call = ir::as<ir::Call>(s.value);
  const std::string value = expr_.text(s.value);
  // A call that prints as an operator is no statement of its own.
  node_line(call && value.starts_with("T.") ? value : fmt::format("T.evaluate({})", value));
}

// T.attr reaches to the end of its body: TVM writes it without `with` where it is all that stands there.
void FunctionPrinter::attr(const ir::AttrStmt& s) {
  const bool is_concise = is_alone_;
  // Neighbours without a node are written as one dictionary.
  std::vector<const ir::AttrStmt*> chain{&s};
  const auto is_dictionary = [](const ir::AttrStmt& a) { return !a.node || (ir::is_zero(a.node) && a.node->dtype == ir::kInt32); };
  if (is_dictionary(s))
    while (const auto* next = ir::as<ir::AttrStmt>(chain.back()->body)) {
      if (!is_dictionary(*next)) break;
      chain.push_back(next);
    }
  std::string text = "T.attr(";
  if (is_dictionary(s)) {
    text += '{';
    for (const ir::AttrStmt* a : chain) {
      if (a != &s) text += ", ";
      append_string(text, a->key);
      text += ": ";
      expr_.append(text, a->value);
    }
    text += "})";
  } else {
    expr_.append(text, s.node);
    text += ", ";
    append_string(text, s.key);
    text += ", ";
    expr_.append(text, s.value);
    text += ')';
  }
  const size_t depth = path_.steps.size();
  std::vector<size_t> nodes{node_line(is_concise ? text : fmt::format("with {}:", text))};
  for (size_t i = 1; i < chain.size(); ++i) {
    path_.steps.push_back(0);
    nodes.push_back(nodes_.size());
    nodes_.push_back({path_, nodes_[nodes[0]].head, nodes_[nodes[0]].whole});
  }
  path_.steps.push_back(0);
  if (is_concise) body(chain.back()->body);
  else indented(chain.back()->body);
  path_.steps.resize(depth);
  for (const size_t node : nodes) end_node(node);
}

void FunctionPrinter::alloc_buffer(const ir::AllocBuffer& s) {
  const std::string type = type_text(s.buffer->dtype);
  if (!is_s_tir() || !is_scalar_variable(*s.buffer)) {
    const std::string_view scope = s.buffer->scope;
    const std::string_view function = !is_s_tir() ? "decl_buffer" : scope == "local" ? "alloc_local" : scope == "shared" ? "alloc_shared" : "alloc_buffer";
    const std::string text = declaration(s.buffer, function, "", BufferDefines::Nothing);
    const size_t node = node_line(fmt::format("{} = {}", define_buffer(s.buffer), text));
    rest_of_scope(s.body);
    return end_node(node);
  }
  // x: T.int32 = value, where the first thing that happens to it is a store that does not read it.
  const std::string name = define_buffer(s.buffer);
  names_.mark_scalar(s.buffer.get());
  const auto* seq = ir::as<ir::Seq>(s.body);
  const auto* first = ir::as<ir::BufferStore>(seq ? seq->stmts[0] : s.body);
  bool is_fused = first && first->buffer == s.buffer && first->indices.size() == 1 && ir::is_zero(first->indices[0]);
  if (is_fused)
    ir::for_each_expr(first->value, [&](const ir::Expr& e) {
      const auto* load = ir::as<ir::BufferLoad>(e);
      if (load && load->buffer == s.buffer) is_fused = false;
    });
  if (!is_fused) {
    const size_t node = node_line(fmt::format("{}: T.{}", name, type));
    rest_of_scope(s.body);
    return end_node(node);
  }
  const size_t node = node_line(fmt::format("{}: T.{} = {}", name, type, expr_.text(first->value)));
  path_.steps.push_back(0);
  if (seq) path_.steps.push_back(0);
  nodes_.push_back({path_, nodes_[node].head, nodes_[node].head});
  if (seq) {
    for (size_t i = 1; i < seq->stmts.size(); ++i) {
      is_alone_ = false;
      path_.steps.back() = static_cast<uint32_t>(i);
      statement(seq->stmts[i]);
    }
    path_.steps.pop_back();
  }
  path_.steps.pop_back();
  end_node(node);
}

void FunctionPrinter::decl_buffer(const ir::DeclBuffer& s) {
  std::string text = view_of_parent(s.buffer);
  if (text.empty()) text = declaration(s.buffer, "decl_buffer", "", BufferDefines::Nothing);
  const size_t node = node_line(fmt::format("{} = {}", define_buffer(s.buffer), text));
  rest_of_scope(s.body);
  end_node(node);
}

}  // namespace loopglass::script
