// Rewriting with knowledge of the place: the loops and axes around it, and the conditions that hold there. As TVM's IRMutatorWithAnalyzer.
#pragma once

#include "engine/arith/int_set.h"
#include "engine/ir/rewriter.h"

namespace loopglass::schedule {

// A derived class calls the base where it has nothing to say. Branches on constants go.
class ContextRewriter : public ir::Rewriter {
 public:
  using Rewriter::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override;
  ir::Stmt rewrite(const ir::Stmt& s) override;

 protected:
  // Indices in their simplest form as iterator maps here; a variable stays one, though it may have one value only.
  std::vector<ir::Expr> simplify_indices(const std::vector<ir::Expr>& indices);

  arith::Analyzer analyzer_;

 private:
  ir::Stmt rewrite_loop(const ir::Stmt& s);
  ir::Stmt rewrite_block(const ir::Stmt& s);
  ir::Stmt rewrite_branch(const ir::Stmt& s);
  ir::Expr rewrite_lazy(const ir::Expr& e);
  ir::Expr rewrite_select(const ir::Expr& e);
  // The node where a condition holds.
  template <class T>
  T under(const ir::Expr& condition, bool limits_iterators, const T& node);

  arith::VarRanges iterators_;
  std::vector<ir::Expr> predicates_;
};

}  // namespace loopglass::schedule
