// Reads one T.prim_func into TensorIR.
#pragma once

#include <functional>
#include <unordered_map>

#include "engine/ir/module.h"
#include "engine/script/evaluator.h"
#include "engine/script/parser.h"

namespace loopglass::script {

using StatementSpans = std::unordered_map<const ir::StmtNode*, SourceSpan>;

// The loops around the place that is being read, from the outermost.
struct OpenLoop {
  ir::Var var;
  ir::Expr min, extent;
};

// A block while its lines are read.
struct OpenBlock {
  ir::Block block;
  std::vector<ir::Expr> iter_values;
  ir::Expr predicate;
  bool has_reads = false, has_writes = false;
  SourceSpan span;
};

// A statement, or what opens a scope over all that follows it in its body (a let, a declared buffer).
struct BodyItem {
  ir::Stmt stmt;
  ir::Stmt (*wrap)(const ir::Stmt& opener, ir::Stmt body) = nullptr;  // `stmt` without a body -> with it
};

class FunctionReader {
 public:
  FunctionReader(std::string_view text, Scope& scope, std::vector<Diagnostic>& errors, Dialect dialect, StatementSpans& spans)
      : evaluator_(text, scope, errors), scope_(scope), errors_(errors), dialect_(dialect), spans_(spans) {}

  // Null where it has errors. `type_vars` are the names that a module declares by TypeVar.
  ir::Function read(const StatementSyntax& definition, const std::vector<std::string>& type_vars);

 private:
  // function_reader.cpp: the signature, the root block, bodies
  void read_decorator(const StatementSyntax& definition);
  void read_signature(const StatementSyntax& definition, const std::vector<std::string>& type_vars);
  void read_parameter(const ParameterSyntax& parameter, const StatementSyntax& definition);
  void define_quoted_names(const Syntax& shape, const StatementSyntax& definition);
  ir::Stmt read_body(const std::vector<StatementSyntax>& statements);
  void invalidate_targets(const StatementSyntax& s);
  ir::Stmt make_body(std::vector<BodyItem> items);
  ir::Stmt with_root_block(ir::Stmt body);
  void emit(ir::Stmt stmt, SourceSpan span);
  void emit_scope(ir::Stmt opener, ir::Stmt (*wrap)(const ir::Stmt&, ir::Stmt), SourceSpan span);

  // statement_reader.cpp
  void read_statement(const StatementSyntax& s);
  void read_expression_statement(const StatementSyntax& s);
  void read_if(const StatementSyntax& s);
  void read_while(const StatementSyntax& s);
  void read_with(const StatementSyntax& s);
  void read_with_items(const StatementSyntax& s, size_t item);
  void read_attr(const Syntax& call, const std::function<ir::Stmt()>* body, SourceSpan span);
  void read_assert(const StatementSyntax& s);
  void read_store(const Syntax& target, const ir::Expr& value, SourceSpan span);
  void read_augmented(const StatementSyntax& s);

  // assignment_reader.cpp
  void read_assign(const StatementSyntax& s);
  void read_annotated(const StatementSyntax& s);
  bool assign_builtin(const Syntax& target, const Syntax& value, SourceSpan span);
  bool assign_variables(const Syntax& target, const Syntax& value);
  void declare_variable(const Syntax& target, const ir::Var& var);
  void let(const Syntax& target, const ir::Expr& value, std::optional<ir::DataType> type, SourceSpan span);
  void scalar(const Syntax& target, const ir::Expr& value, ir::DataType type, SourceSpan span);
  bool assign_scalar(const Syntax& target, const Syntax& value, SourceSpan span);
  void define(const Syntax& target, Value value);
  std::string_view target_name(const Syntax& target);

  // buffer_reader.cpp
  ir::BufferNode read_buffer(const Syntax& call, std::vector<const Syntax*> args, std::string_view name);
  ir::Buffer parameter_buffer(const Syntax& annotation, std::string_view name);
  void alloc_in_block(const Syntax& target, const Syntax& call);
  void alloc_statement(const Syntax& target, const Syntax& call, std::string_view scope, SourceSpan span);
  void match_buffer(const Syntax& target, const Syntax& call);
  void decl_buffer(const Syntax& target, const Syntax& call, SourceSpan span);
  void view(const Syntax& target, const Syntax& call, const ir::Buffer& parent, SourceSpan span);

  // loop_reader.cpp
  void read_for(const StatementSyntax& s);
  void read_grid(const StatementSyntax& s, const std::vector<const Syntax*>& targets);
  void read_single_loop(const StatementSyntax& s, std::string_view kind, const Syntax& target);

  // block_reader.cpp
  void read_block(const Syntax& call, const std::function<ir::Stmt()>& body, SourceSpan span);
  void read_init(const std::function<ir::Stmt()>& body, SourceSpan span);
  void axis(const Syntax& target, std::string_view kind, const Syntax& call);
  void remap(const Syntax& target, const Syntax& call);
  void add_axis(const Syntax& target, ir::IterVar axis, ir::Expr binding);
  OpenBlock& current_block(const Syntax& where, std::string_view what);
  void block_statement(std::string_view name, const Syntax& call);
  void detect_regions(OpenBlock& block);

  [[noreturn]] void unsupported(SourceSpan span, std::string message, std::string help = {}) {
    evaluator_.fail(DiagnosticKind::UnsupportedSyntax, span, std::move(message), std::move(help));
  }
  ir::Expr as_type(const ir::Expr& e, ir::DataType type) const;

  Evaluator evaluator_;
  Scope& scope_;
  std::vector<Diagnostic>& errors_;
  Dialect dialect_;
  StatementSpans& spans_;

  bool is_private_ = false, is_s_tir_ = false;
  std::vector<ir::Param> params_;
  ir::AttrMap attrs_;
  std::vector<ir::Buffer> root_allocs_;
  std::vector<std::pair<std::string, ir::Var>> quoted_vars_;  // defined by a quoted shape; `n = T.int32()` names them again
  std::vector<OpenLoop> loops_;
  std::vector<OpenBlock> blocks_;
  std::vector<std::vector<BodyItem>*> bodies_;  // the innermost is being filled
  std::vector<const ir::BufferNode*> visible_;  // buffers that a block's regions may name
  bool outermost_has_reads_ = true, outermost_has_writes_ = true;  // whether the last block outside all others says them
  int scope_depth_ = 0;                          // lets and declared buffers around each other
};

}  // namespace loopglass::script
