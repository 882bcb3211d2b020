// Walking expressions and statements in program order.
#pragma once

#include <functional>

#include "engine/ir/module.h"

namespace loopglass::ir {

// Calls itself for every child; override what is of interest and call the base to go on below. Order is program
// order: a loop's min, extent, body; a block's iter_values, predicate, axes' domains, reads, writes, match_buffers, init, body; a store's
// indices, then its value.
class Visitor {
 public:
  virtual ~Visitor() = default;
  virtual void visit(const Expr& e);   // null does nothing
  virtual void visit(const Stmt& s);
  // Where true (default), a block's reads, writes, alloc and match_buffers are visited too.
  virtual bool visits_regions() const { return true; }
};

// Calls `f` for every expression (statement) below and including the root, parents first.
void for_each_expr(const Expr& root, const std::function<void(const Expr&)>& f);
void for_each_expr(const Stmt& root, const std::function<void(const Expr&)>& f);
// `f` gives false to leave out what is below.
void for_each_stmt(const Stmt& root, const std::function<bool(const Stmt&)>& f);

// True where one of the variables occurs.
bool uses_var(const Expr& e, const std::function<bool(const VarNode*)>& pred);
bool uses_var(const Stmt& s, const std::function<bool(const VarNode*)>& pred);
bool uses_var(const Expr& e, const Var& var);
bool uses_var(const Stmt& s, const Var& var);

}  // namespace loopglass::ir
