#include "engine/schedule/unbound_variable.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/ir/visitor.h"

namespace loopglass::schedule {
namespace {

// A variable that is bound at a place, and whether a block with axes hides it there.
struct Bound {
  const ir::VarNode* var = nullptr;
  bool is_loop = false;
  bool is_hidden = false;
};

void bind(const ir::Stmt& s, std::vector<Bound>& bound) {
  if (const auto* loop = ir::as<ir::For>(s)) bound.push_back({loop->loop_var.get(), true});
  const auto* realize = ir::as<ir::BlockRealize>(s);
  if (!realize || realize->block.iter_vars.empty()) return;
  for (Bound& outer : bound) outer.is_hidden |= outer.is_loop;
  for (const ir::IterVar& axis : realize->block.iter_vars) bound.push_back({axis.var.get(), false});
}

std::vector<const ir::VarNode*> bound_below(const ir::Stmt& root) {
  std::vector<Bound> bound;
  ir::for_each_stmt(root, [&](const ir::Stmt& s) {
    bind(s, bound);
    return true;
  });
  std::vector<const ir::VarNode*> vars;
  for (const Bound& b : bound) vars.push_back(b.var);
  return vars;
}

// The first variable that is used where it is hidden, or, of `suspects`, where it is not bound.
class UnboundFinder : public ir::Visitor {
 public:
  UnboundFinder(std::vector<Bound> bound, const std::vector<const ir::VarNode*>& suspects) : bound_(std::move(bound)), suspects_(suspects) {}
  using Visitor::visit;

  void visit(const ir::Expr& e) override {
    if (!unbound && !hidden) {
      if (const auto* var = ir::as<ir::VarNode>(e)) use(var);
      else Visitor::visit(e);
    }
  }

  void visit(const ir::Stmt& s) override {
    if (unbound || hidden) return;
    if (const auto* realize = ir::as<ir::BlockRealize>(s)) visit_outside(*realize);
    const size_t outside = bound_.size();
    if (const auto* realize = ir::as<ir::BlockRealize>(s)) {
      const std::vector<Bound> unhidden = bound_;
      bind(s, bound_);
      visit_inside(realize->block);
      bound_ = unhidden;
      return;
    }
    bind(s, bound_);
    Visitor::visit(s);
    bound_.resize(outside);
  }

  const ir::VarNode *unbound = nullptr, *hidden = nullptr;
  std::string block;   // that hides it

 private:
  void use(const ir::VarNode* var) {
    const auto it = std::ranges::find(bound_, var, &Bound::var);
    if (it == bound_.end() && std::ranges::find(suspects_, var) != suspects_.end()) unbound = var;
    if (it != bound_.end() && it->is_hidden) hidden = var;
  }

  void visit_outside(const ir::BlockRealize& realize) {
    for (const ir::Expr& value : realize.iter_values) visit(value);
    visit(realize.predicate);
  }

  void visit_inside(const ir::Block& node) {
    visit(node.init);
    visit(node.body);
    for (const auto* regions : {&node.reads, &node.writes})
      for (const ir::BufferRegion& region : *regions)
        for (const ir::Range& range : region.region) {
          visit(range.min);
          visit(range.extent);
        }
    if (hidden && block.empty()) block = node.name;
  }

  std::vector<Bound> bound_;
  const std::vector<const ir::VarNode*>& suspects_;
};

}  // namespace

std::optional<Diagnostic> unbound_variable(const ir::Module& before, const Place& changed, const char* primitive) {
  const Place was = *place_at(before, changed.path);
  std::vector<Bound> around;
  for (size_t depth = 0; depth + 1 < changed.chain.size(); ++depth) bind(changed.chain[depth], around);
  const std::vector<const ir::VarNode*> suspects = bound_below(was.stmt());
  UnboundFinder finder(std::move(around), suspects);
  finder.visit(changed.stmt());
  if (finder.hidden)
    return Diagnostic{DiagnosticKind::IllFormed,
                      fmt::format("{} would use {} inside block \"{}\", which does not take it by an axis", primitive, finder.hidden->name, finder.block),
                      "TVM accepts this step, but its result is no program; take it before loop_partition, whose blocks have no axes", {}, std::nullopt, {{"variable", finder.hidden->name}}};
  if (!finder.unbound) return std::nullopt;
  return Diagnostic{DiagnosticKind::IllFormed,
                    fmt::format("{} would take a block that uses {} out of the loop or block that has it as its variable", primitive, finder.unbound->name),
                    "TVM accepts this step, but its result is no program; move the blocks inside instead", {}, std::nullopt, {{"variable", finder.unbound->name}}};
}

}  // namespace loopglass::schedule
