// Prints one function; printer.cpp puts the module around it.
#pragma once

#include <set>

#include "engine/script/expr_printer.h"
#include "engine/script/printer.h"

namespace loopglass::script {

// What a declaration of a buffer defines beside the buffer.
enum class BufferDefines { Nothing, Shape };  // Shape: variables of its shape, strides and offset that are new here

class FunctionPrinter {
 public:
  // Lines are appended to `out`, indented by `indent` levels; the function's nodes to `nodes`.
  FunctionPrinter(Printed& out, const PrintOptions& options, NameTable& names, int indent)
      : out_(out.text), nodes_(out.nodes), options_(options), names_(names), expr_(names, is_s_tir()), indent_(indent) {}

  void print(const ir::NamedFunction& function);
  // Variables that are declared above the module: m = TypeVar("m").
  const std::set<std::string>& type_vars() const { return type_vars_; }

 private:
  bool is_s_tir() const { return options_.dialect == Dialect::STir; }
  std::string_view block_word() const { return is_s_tir() ? "sblock" : "block"; }
  void line(std::string_view text);
  // A line for the node at the current path; gives the node's index.
  size_t node_line(std::string_view text);
  void end_node(size_t node) { nodes_[node].whole.end = static_cast<uint32_t>(out_.size() - 1); }

  // function_printer.cpp
  std::string decorator(const ir::PrimFunc& f) const;
  std::string parameters(const ir::PrimFunc& f);
  void define_type_vars(const ir::PrimFunc& f);
  void attributes(const ir::PrimFunc& f, const std::string& name);
  bool has_implicit_root(const ir::PrimFunc& f) const;
  void implicit_root(const ir::BlockRealize& root);

  // statement_printer.cpp
  void body(const ir::Stmt& s);
  void indented(const ir::Stmt& s);
  void child(const ir::Stmt& s, uint32_t step);
  void rest_of_scope(const ir::Stmt& s);
  void statement(const ir::Stmt& s);
  void store(const ir::BufferStore& s);
  void if_then_else(const ir::IfThenElse& s);
  void attr(const ir::AttrStmt& s);
  void assertion(const ir::Assert& s);
  void evaluate(const ir::Evaluate& s);
  void alloc_buffer(const ir::AllocBuffer& s);
  void decl_buffer(const ir::DeclBuffer& s);

  // loop_printer.cpp
  void loop(const ir::For& s);
  void grid(const std::vector<const ir::For*>& loops);
  std::string loop_head(const ir::For& s);

  // block_printer.cpp
  void block(const ir::BlockRealize& s);
  void axes(const ir::BlockRealize& s);
  void axis(const ir::BlockRealize& s, size_t i);
  void remap(const ir::BlockRealize& s, size_t first, size_t count);
  void regions(const ir::Block& block);
  void allocations(const ir::Block& block);

  // buffer_printer.cpp
  const std::string& define_buffer(const ir::Buffer& buffer);
  const std::string& define_var(const ir::Var& var) { return names_.define(var.get(), var->name.empty() ? "v" : var->name); }
  // "T.sblock_alloc_buffer((128, 128), scope=\"local\")"; `first` are arguments before the shape.
  std::string declaration(const ir::Buffer& buffer, std::string_view function, std::string_view first, BufferDefines defines, bool is_parameter = false);
  std::string shape(const ir::Buffer& buffer, BufferDefines defines, bool is_parameter);
  std::string view_of_parent(const ir::Buffer& buffer) const;
  void append_data(std::string& out, const ir::Buffer& buffer) const;
  void declare_out_of_line();


  std::string& out_;
  std::vector<NodeSpan>& nodes_;
  const PrintOptions& options_;
  NameTable& names_;
  ExprPrinter expr_;
  int indent_;

  ir::NodePath path_;
  bool is_alone_ = true;  // in its body: what opens a scope may do without indentation
  std::vector<const ir::For*> loops_;
  std::vector<ir::Buffer> buffers_;                      // defined so far, for views
  std::vector<ir::Var> new_vars_;                        // n = T.int32() lines to be written
  std::set<std::string> type_vars_;
  std::set<const ir::VarNode*> type_var_nodes_;
  std::set<const ir::VarNode*> bound_in_signature_;
  std::vector<std::string> pending_lines_;               // lines that a parameter's shape asks for at the top of the body
};

}  // namespace loopglass::script
