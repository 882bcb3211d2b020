#include "engine/ir/visitor.h"

#include "engine/ir/node_path.h"

namespace loopglass::ir {

namespace {

void visit_all(Visitor& v, const std::vector<Expr>& exprs) {
  for (const Expr& e : exprs) v.visit(e);
}

void visit_region(Visitor& v, const BufferRegion& region) {
  for (const Range& range : region.region) {
    v.visit(range.min);
    v.visit(range.extent);
  }
}

void visit_buffer_shape(Visitor& v, const Buffer& buffer) {
  visit_all(v, buffer->shape);
  visit_all(v, buffer->strides);
  v.visit(buffer->elem_offset);
}

void visit_block(Visitor& v, const BlockRealize& realize) {
  const Block& block = realize.block;
  visit_all(v, realize.iter_values);
  v.visit(realize.predicate);
  for (const IterVar& iter : block.iter_vars) {
    v.visit(iter.min);
    v.visit(iter.extent);
  }
  if (v.visits_regions()) {
    for (const BufferRegion& region : block.reads) visit_region(v, region);
    for (const BufferRegion& region : block.writes) visit_region(v, region);
    for (const Buffer& buffer : block.alloc_buffers) visit_buffer_shape(v, buffer);
    for (const MatchBuffer& match : block.match_buffers) {
      visit_buffer_shape(v, match.buffer);
      visit_region(v, match.source);
    }
  }
  v.visit(block.init);
  v.visit(block.body);
}

}  // namespace

void Visitor::visit(const Expr& e) {
  if (!e) return;
  switch (e->kind) {
    case ExprKind::IntImm:
    case ExprKind::FloatImm:
    case ExprKind::StringImm:
    case ExprKind::Var: return;
    case ExprKind::Not: return visit(get<Not>(e).a);
    case ExprKind::Select: {
      const Select& node = get<Select>(e);
      visit(node.condition);
      visit(node.true_value);
      return visit(node.false_value);
    }
    case ExprKind::Cast: return visit(get<Cast>(e).value);
    case ExprKind::Ramp: visit(get<Ramp>(e).base); return visit(get<Ramp>(e).stride);
    case ExprKind::Broadcast: return visit(get<Broadcast>(e).value);
    case ExprKind::Let: visit(get<Let>(e).value); return visit(get<Let>(e).body);
    case ExprKind::Call: return visit_all(*this, get<Call>(e).args);
    case ExprKind::BufferLoad: return visit_all(*this, get<BufferLoad>(e).indices);
    default: visit(get<Binary>(e).a); return visit(get<Binary>(e).b);
  }
}

void Visitor::visit(const Stmt& s) {
  if (!s) return;
  switch (s->kind) {
    case StmtKind::For: {
      const For& node = get<For>(s);
      visit(node.min);
      visit(node.extent);
      visit(node.step);
      return visit(node.body);
    }
    case StmtKind::BlockRealize: return visit_block(*this, get<BlockRealize>(s));
    case StmtKind::Seq:
      for (const Stmt& child : get<Seq>(s).stmts) visit(child);
      return;
    case StmtKind::BufferStore: visit_all(*this, get<BufferStore>(s).indices); return visit(get<BufferStore>(s).value);
    case StmtKind::IfThenElse: {
      const IfThenElse& node = get<IfThenElse>(s);
      visit(node.condition);
      visit(node.then_case);
      return visit(node.else_case);
    }
    case StmtKind::LetStmt: visit(get<LetStmt>(s).value); return visit(get<LetStmt>(s).body);
    case StmtKind::While: visit(get<While>(s).condition); return visit(get<While>(s).body);
    case StmtKind::Assert: return visit(get<Assert>(s).condition);
    case StmtKind::Evaluate: return visit(get<Evaluate>(s).value);
    case StmtKind::DeclBuffer: visit_buffer_shape(*this, get<DeclBuffer>(s).buffer); return visit(get<DeclBuffer>(s).body);
    case StmtKind::AllocBuffer: visit_buffer_shape(*this, get<AllocBuffer>(s).buffer); return visit(get<AllocBuffer>(s).body);
    case StmtKind::AttrStmt: {
      const AttrStmt& node = get<AttrStmt>(s);
      visit(node.node);
      visit(node.value);
      return visit(node.body);
    }
  }
}

namespace {

class ExprWalk : public Visitor {
 public:
  explicit ExprWalk(const std::function<void(const Expr&)>& f) : f_(f) {}
  using Visitor::visit;
  void visit(const Expr& e) override {
    if (!e) return;
    f_(e);
    Visitor::visit(e);
  }

 private:
  const std::function<void(const Expr&)>& f_;
};

class VarSearch : public Visitor {
 public:
  explicit VarSearch(const std::function<bool(const VarNode*)>& pred) : pred_(pred) {}
  void visit(const Expr& e) override {
    if (found || !e) return;
    if (const VarNode* var = as<VarNode>(e))
      found = pred_(var);
    else
      Visitor::visit(e);
  }
  void visit(const Stmt& s) override {
    if (!found) Visitor::visit(s);
  }
  bool found = false;

 private:
  const std::function<bool(const VarNode*)>& pred_;
};

}  // namespace

void for_each_expr(const Expr& root, const std::function<void(const Expr&)>& f) { ExprWalk(f).visit(root); }
void for_each_expr(const Stmt& root, const std::function<void(const Expr&)>& f) { ExprWalk(f).visit(root); }
void for_each_stmt(const Stmt& root, const std::function<bool(const Stmt&)>& f) {
  if (!root || !f(root)) return;
  if (const BlockRealize* realize = as<BlockRealize>(root)) {
    for_each_stmt(realize->block.init, f);
    return for_each_stmt(realize->block.body, f);
  }
  for (const Stmt& child : children(root)) for_each_stmt(child, f);
}

bool uses_var(const Expr& e, const std::function<bool(const VarNode*)>& pred) {
  VarSearch search(pred);
  search.visit(e);
  return search.found;
}

bool uses_var(const Stmt& s, const std::function<bool(const VarNode*)>& pred) {
  VarSearch search(pred);
  search.visit(s);
  return search.found;
}

bool uses_var(const Expr& e, const Var& var) { return uses_var(e, [&](const VarNode* v) { return v == var.get(); }); }
bool uses_var(const Stmt& s, const Var& var) { return uses_var(s, [&](const VarNode* v) { return v == var.get(); }); }

}  // namespace loopglass::ir
