#include "engine/schedule/unbound_variable.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/ir/visitor.h"

namespace loopglass::schedule {
namespace {

using Variables = std::vector<const ir::VarNode*>;

void bind(const ir::Stmt& s, Variables& bound) {
  if (const auto* loop = ir::as<ir::For>(s)) bound.push_back(loop->loop_var.get());
  if (const auto* realize = ir::as<ir::BlockRealize>(s))
    for (const ir::IterVar& axis : realize->block.iter_vars) bound.push_back(axis.var.get());
}

Variables bound_below(const ir::Stmt& root) {
  Variables bound;
  ir::for_each_stmt(root, [&](const ir::Stmt& s) {
    bind(s, bound);
    return true;
  });
  return bound;
}

// The first variable among `suspects` that is used where it is not bound.
class UnboundFinder : public ir::Visitor {
 public:
  UnboundFinder(Variables bound, const Variables& suspects) : bound_(std::move(bound)), suspects_(suspects) {}
  using Visitor::visit;

  void visit(const ir::Expr& e) override {
    const auto* var = ir::as<ir::VarNode>(e);
    if (var && !unbound && std::ranges::find(bound_, var) == bound_.end() && std::ranges::find(suspects_, var) != suspects_.end()) unbound = var;
    Visitor::visit(e);
  }

  void visit(const ir::Stmt& s) override {
    if (unbound) return;
    const size_t outside = bound_.size();
    bind(s, bound_);
    Visitor::visit(s);
    bound_.resize(outside);
  }

  const ir::VarNode* unbound = nullptr;

 private:
  Variables bound_;
  const Variables& suspects_;
};

}  // namespace

std::optional<Diagnostic> unbound_variable(const ir::Module& before, const Place& changed, const char* primitive) {
  const Place was = *place_at(before, changed.path);
  Variables around;
  for (size_t depth = 0; depth + 1 < changed.chain.size(); ++depth) bind(changed.chain[depth], around);
  const Variables suspects = bound_below(was.stmt());
  UnboundFinder finder(std::move(around), suspects);
  finder.visit(changed.stmt());
  if (!finder.unbound) return std::nullopt;
  return Diagnostic{DiagnosticKind::IllFormed,
                    fmt::format("{} would take a block that uses {} out of the loop or block that has it as its variable", primitive, finder.unbound->name),
                    "TVM accepts this step, but its result is no program; move the blocks inside instead", {}, std::nullopt, {{"variable", finder.unbound->name}}};
}

}  // namespace loopglass::schedule
