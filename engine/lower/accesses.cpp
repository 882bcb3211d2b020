#include "engine/lower/accesses.h"

#include "engine/ir/visitor.h"

namespace loopglass::lower {

using namespace ir;

namespace {

class Collector : public Visitor {
 public:
  Accesses found;

  void visit(const Expr& e) override {
    if (!e) return;
    if (const VarNode* var = as<VarNode>(e); var && var->dtype == kHandle) found.is_opaque[var] = true;
    const Call* call = as<Call>(e);
    const bool guards = (call && call->op == "if_then_else") || e->kind == ExprKind::And || e->kind == ExprKind::Or;
    const bool binds = e->kind == ExprKind::Let;
    guards_ += guards;
    lets_ += binds;
    Visitor::visit(e);
    guards_ -= guards;
    lets_ -= binds;
    if (const BufferLoad* load = as<BufferLoad>(e)) note(load->buffer, load->indices, false);
  }

  void visit(const Stmt& s) override {
    if (!s) return;
    if (const Seq* seq = as<Seq>(s)) {
      for (size_t i = 0; i < seq->stmts.size(); ++i) in_scope(s, static_cast<int>(i), [&] { visit(seq->stmts[i]); });
      return;
    }
    if (const IfThenElse* node = as<IfThenElse>(s)) {
      in_scope(s, -1, [&] { visit(node->condition); });
      in_scope(s, 0, [&] { visit(node->then_case); });
      in_scope(s, 1, [&] { visit(node->else_case); });
      return;
    }
    in_scope(s, 0, [&] { Visitor::visit(s); });
    if (const BufferStore* store = as<BufferStore>(s)) {
      scopes_.push_back({s.get(), 0});
      note(store->buffer, store->indices, true);
      scopes_.pop_back();
    }
  }

 private:
  template <class F>
  void in_scope(const Stmt& s, int child, F f) {
    scopes_.push_back({s.get(), child});
    f();
    scopes_.pop_back();
  }

  void note(const Buffer& buffer, const std::vector<Expr>& indices, bool is_write) {
    std::vector<Access>& accesses = found.by_data[buffer->data.get()];
    const bool is_view = !accesses.empty() && accesses.front().buffer != buffer;
    if (is_view || lets_ > 0) found.is_opaque[buffer->data.get()] = true;
    accesses.push_back({buffer, &indices, is_write, guards_ > 0, scopes_});
  }

  std::vector<Scope> scopes_;
  int guards_ = 0, lets_ = 0;   // how many stand around the expression
};

}  // namespace

Accesses collect_accesses(const Stmt& root) {
  Collector collector;
  collector.visit(root);
  return std::move(collector.found);
}

}  // namespace loopglass::lower
