#include "engine/script/function_printer.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/ir/visitor.h"

namespace loopglass::script {

using ir::Stmt;

void FunctionPrinter::line(std::string_view text) {
  out_.append(static_cast<size_t>(indent_) * 4, ' ');
  out_ += text;
  out_ += '\n';
}

size_t FunctionPrinter::node_line(std::string_view text) {
  const auto begin = static_cast<uint32_t>(out_.size() + static_cast<size_t>(indent_) * 4);
  line(text);
  const auto end = static_cast<uint32_t>(out_.size() - 1);
  nodes_.push_back({path_, {begin, end}, {begin, end}});
  return nodes_.size() - 1;
}

void FunctionPrinter::print(const ir::NamedFunction& named) {
  const ir::PrimFunc& f = *named.function;
  const NameTable::Frame frame(names_);
  path_ = {named.name, {}};
  define_type_vars(f);
  line(decorator(f));
  line(fmt::format("def {}({}):", named.name, parameters(f)));
  ++indent_;
  const size_t before = out_.size();
  for (const std::string& text : pending_lines_) line(text);
  pending_lines_.clear();
  attributes(f, named.name);
  if (has_implicit_root(f)) {
    implicit_root(ir::get<ir::BlockRealize>(f.body));
  } else if (f.body) {
    body(f.body);
  }
  if (out_.size() == before) line("pass");
  --indent_;
}

std::string FunctionPrinter::decorator(const ir::PrimFunc& f) const {
  std::string arguments;
  if (!f.attrs.contains("global_symbol")) arguments = "private=True";
  if (f.is_s_tir && is_s_tir()) arguments += arguments.empty() ? "s_tir=True" : ", s_tir=True";
  return arguments.empty() ? "@T.prim_func" : fmt::format("@T.prim_func({})", arguments);
}

// Free int64 variables of the parameters' shapes are declared above the module.
void FunctionPrinter::define_type_vars(const ir::PrimFunc& f) {
  std::vector<const ir::VarNode*> found;
  const auto collect = [&](const ir::Expr& e) {
    ir::for_each_expr(e, [&](const ir::Expr& x) {
      const auto* v = ir::as<ir::VarNode>(x);
      if (!v || v->dtype != ir::kInt64) return;
      const bool is_parameter = std::any_of(f.params.begin(), f.params.end(), [&](const ir::Param& p) { return p.var.get() == v; });
      if (!is_parameter && std::find(found.begin(), found.end(), v) == found.end()) found.push_back(v);
    });
  };
  for (const ir::Param& p : f.params) {
    if (!p.buffer) continue;
    for (const ir::Expr& e : p.buffer->shape) collect(e);
    for (const ir::Expr& e : p.buffer->strides) collect(e);
    if (p.buffer->elem_offset) collect(p.buffer->elem_offset);
  }
  for (const ir::VarNode* v : found) {
    type_vars_.insert(names_.define(v, v->name.empty() ? "v" : v->name));
    type_var_nodes_.insert(v);
  }
}

std::string FunctionPrinter::parameters(const ir::PrimFunc& f) {
  std::string text;
  for (const ir::Param& p : f.params)
    if (!p.buffer) define_var(p.var);
  for (const ir::Param& p : f.params) {
    if (!text.empty()) text += ", ";
    if (p.buffer) {
      const std::string name = define_buffer(p.buffer);
      text += fmt::format("{}: {}", name, declaration(p.buffer, "Buffer", "", BufferDefines::Shape, true));
      for (const ir::Expr& e : p.buffer->shape)
        ir::for_each_expr(e, [&](const ir::Expr& x) {
          if (const auto* v = ir::as<ir::VarNode>(x)) bound_in_signature_.insert(v);
        });
    } else {
      text += fmt::format("{}: T.{}", *names_.find(p.var.get()), type_text(p.var->dtype));
      bound_in_signature_.insert(p.var.get());
    }
  }
  return text;
}

void FunctionPrinter::attributes(const ir::PrimFunc& f, const std::string& name) {
  ir::AttrMap shown = f.attrs;
  if (const auto symbol = shown.find("global_symbol"); symbol != shown.end()) {
    const auto* text = std::get_if<std::string>(&symbol->second.value);
    if (text && *text == name) shown.erase(symbol);
  }
  if (shown.empty()) return;
  std::string text = "T.func_attr(";
  expr_.append_attrs(text, shown);
  line(text + ")");
}

// The root block that reading the text puts there by itself.
bool FunctionPrinter::has_implicit_root(const ir::PrimFunc& f) const {
  const auto* root = ir::as<ir::BlockRealize>(f.body);
  if (!root || !root->iter_values.empty() || !ir::is_one(root->predicate)) return false;
  const ir::Block& b = root->block;
  if (!b.annotations.empty() || !b.match_buffers.empty() || !b.reads.empty() || !b.writes.empty() || b.init) return false;
  if (!b.alloc_buffers.empty()) return true;
  if (const auto* inner = ir::as<ir::BlockRealize>(b.body)) return !inner->block.iter_vars.empty();
  bool has_block = false;
  ir::for_each_stmt(b.body, [&](const Stmt& s) {
    has_block = has_block || s->kind == ir::StmtKind::BlockRealize;
    return !has_block;
  });
  return has_block;
}

void FunctionPrinter::implicit_root(const ir::BlockRealize& root) {
  const size_t node = node_line(fmt::format("# with T.{}(\"root\"):", block_word()));
  allocations(root.block);
  child(root.block.body, 0);
  end_node(node);
}

}  // namespace loopglass::script
