#include "engine/schedule/context_rewriter.h"

#include "engine/arith/iter_map.h"
#include "engine/ir/op.h"

namespace loopglass::schedule {
namespace {

// What is inside likely().
ir::Expr real_condition(const ir::Expr& condition) {
  const ir::Call* call = ir::as<ir::Call>(condition);
  return call && call->op == "likely" ? call->args[0] : condition;
}

}  // namespace

std::vector<ir::Expr> ContextRewriter::simplify_indices(const std::vector<ir::Expr>& indices) {
  ir::Expr predicate = ir::make_bool(true);
  for (const ir::Expr& p : predicates_) predicate = ir::logical_and(predicate, p);
  std::vector<ir::Expr> result = arith::iter_map_simplify(indices, iterators_, predicate, arith::IterMapLevel::Surjective, analyzer_);
  for (size_t i = 0; i < result.size(); ++i)
    if (ir::as_int(result[i]) && ir::as_var(indices[i])) result[i] = indices[i];
  return result;
}

template <class T>
T ContextRewriter::under(const ir::Expr& condition, bool limits_iterators, const T& node) {
  const auto scope = analyzer_.assume(condition);
  if (limits_iterators) predicates_.push_back(condition);
  T result = node ? rewrite(node) : node;
  if (limits_iterators) predicates_.pop_back();
  return result;
}

ir::Stmt ContextRewriter::rewrite(const ir::Stmt& s) {
  switch (s->kind) {
    case ir::StmtKind::For: return rewrite_loop(s);
    case ir::StmtKind::BlockRealize: return rewrite_block(s);
    case ir::StmtKind::IfThenElse: return rewrite_branch(s);
    case ir::StmtKind::LetStmt: {
      const ir::LetStmt& let = ir::get<ir::LetStmt>(s);
      if (let.value->dtype.is_integral()) analyzer_.bind(let.var, let.value);
      return Rewriter::rewrite(s);
    }
    default: return Rewriter::rewrite(s);
  }
}

ir::Stmt ContextRewriter::rewrite_loop(const ir::Stmt& s) {
  const ir::For& loop = ir::get<ir::For>(s);
  analyzer_.bind(loop.loop_var, ir::Range{loop.min, loop.extent});
  iterators_.emplace_back(loop.loop_var, ir::Range{loop.min, loop.extent});
  const auto scope = analyzer_.assume(ir::gt(loop.extent, ir::make_int(0, loop.extent->dtype)));
  ir::Stmt result = Rewriter::rewrite(s);
  iterators_.pop_back();
  return result;
}

ir::Stmt ContextRewriter::rewrite_block(const ir::Stmt& s) {
  const ir::Block& block = ir::get<ir::BlockRealize>(s).block;
  for (const ir::IterVar& iter : block.iter_vars) {
    analyzer_.bind(iter.var, ir::Range{iter.min, iter.extent});
    iterators_.emplace_back(iter.var, ir::Range{iter.min, iter.extent});
  }
  ir::Stmt result = Rewriter::rewrite(s);
  iterators_.resize(iterators_.size() - block.iter_vars.size());
  return result;
}

ir::Stmt ContextRewriter::rewrite_branch(const ir::Stmt& s) {
  const ir::IfThenElse& branch = ir::get<ir::IfThenElse>(s);
  const ir::Expr condition = rewrite(branch.condition), real = real_condition(condition);
  const ir::Stmt then_case = under(real, true, branch.then_case);
  const ir::Stmt else_case = under(analyzer_.rewrite_simplify(ir::logical_not(real)), false, branch.else_case);
  if (ir::is_one(real)) return then_case;
  if (ir::is_zero(real) && else_case) return else_case;
  if (condition == branch.condition && then_case == branch.then_case && else_case == branch.else_case) return s;
  ir::IfThenElse changed = branch;
  changed.condition = condition;
  changed.then_case = then_case;
  changed.else_case = else_case;
  return ir::make_stmt(std::move(changed));
}

ir::Expr ContextRewriter::rewrite(const ir::Expr& e) {
  if (const ir::Call* call = ir::as<ir::Call>(e); call && call->op == "if_then_else") return rewrite_lazy(e);
  if (ir::as<ir::Select>(e)) return rewrite_select(e);
  if (const ir::Let* let = ir::as<ir::Let>(e); let && let->value->dtype.is_integral()) analyzer_.bind(let->var, let->value);
  return Rewriter::rewrite(e);
}

ir::Expr ContextRewriter::rewrite_lazy(const ir::Expr& e) {
  const ir::Call& call = ir::get<ir::Call>(e);
  const ir::Expr condition = rewrite(call.args[0]);
  const ir::Expr yes = under(condition, true, call.args[1]);
  const ir::Expr no = under(ir::logical_not(condition), true, call.args[2]);
  if (ir::as_int(condition)) return ir::is_one(condition) ? yes : no;
  if (condition == call.args[0] && yes == call.args[1] && no == call.args[2]) return e;
  return ir::make_call(call.dtype, call.op, {condition, yes, no});
}

ir::Expr ContextRewriter::rewrite_select(const ir::Expr& e) {
  const ir::Select& select = ir::get<ir::Select>(e);
  const ir::Expr condition = rewrite(select.condition);
  const ir::Expr yes = under(condition, false, select.true_value);
  const ir::Expr no = under(analyzer_.rewrite_simplify(ir::logical_not(condition)), false, select.false_value);
  if (ir::as_int(condition)) return ir::is_one(condition) ? yes : no;
  if (condition == select.condition && yes == select.true_value && no == select.false_value) return e;
  return std::make_shared<const ir::Select>(condition, yes, no);
}

}  // namespace loopglass::schedule
