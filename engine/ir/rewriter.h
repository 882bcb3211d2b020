// Rewriting expressions and statements: gives a new tree that shares every part that did not change.
#pragma once

#include <functional>
#include <unordered_map>

#include "engine/ir/module.h"

namespace loopglass::ir {

// The default keeps everything. Override an expression or statement hook, call the base to rewrite below, and return a
// new node; a node all of whose children come back the same pointer comes back the same pointer.
// Binary operators are rebuilt unfolded (make_binary); a rewriter that should fold overrides `rebuild_binary`.
class Rewriter {
 public:
  virtual ~Rewriter() = default;
  virtual Expr rewrite(const Expr& e);
  virtual Stmt rewrite(const Stmt& s);
  virtual Buffer rewrite_buffer(const Buffer& b) { return b; }  // of every load, store, region, alloc, match_buffer
  virtual BufferRegion rewrite_region(const BufferRegion& r);
  virtual Expr rebuild_binary(ExprKind kind, Expr a, Expr b) { return make_binary(kind, std::move(a), std::move(b)); }
};

using VarMap = std::unordered_map<const VarNode*, Expr>;
using BufferMap = std::unordered_map<const BufferNode*, Buffer>;

// Replaces variables. Folding (TVM's Substitute folds while rebuilding only where a constructor is called; here nothing
// is folded unless `fold` is true).
Expr substitute(const Expr& e, const VarMap& map, bool fold = false);
Stmt substitute(const Stmt& s, const VarMap& map, bool fold = false);
BufferRegion substitute(const BufferRegion& r, const VarMap& map, bool fold = false);
// Replaces buffers wherever they occur; regions, loads and stores included.
Stmt replace_buffers(const Stmt& s, const BufferMap& map);
// Replaces whole statements by pointer, in one walk that touches only the paths to them. A null replacement removes
// the statement; loops and Seqs that become empty are removed with it.
Stmt replace_stmts(const Stmt& root, const std::unordered_map<const StmtNode*, Stmt>& map);

// A copy with fresh loop variables, block axes, block ids and buffers that its blocks allocate, so that it can stand beside the original.
Stmt with_fresh_bindings(const Stmt& s);

}  // namespace loopglass::ir
