#include "engine/schedule/unbound_variable.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/ir/visitor.h"

namespace loopglass::schedule {
namespace {

// The variables that are bound at a place. Blocks with axes hide the loops outside them.
class BoundVariables {
 public:
  struct Bound {
    const ir::VarNode* var = nullptr;
    int depth = 0;   // the number of blocks with axes around
    bool is_loop = false;
  };

  BoundVariables() { bound_.reserve(16); }

  void enter(const ir::Stmt& s) {
    if (const auto* loop = ir::as<ir::For>(s)) bound_.push_back({loop->loop_var.get(), depth_, true});
    const auto* realize = ir::as<ir::BlockRealize>(s);
    if (!realize || realize->block.iter_vars.empty()) return;
    ++depth_;
    for (const ir::IterVar& axis : realize->block.iter_vars) bound_.push_back({axis.var.get(), depth_, false});
  }
  std::pair<size_t, int> mark() const { return {bound_.size(), depth_}; }
  void leave(std::pair<size_t, int> mark) {
    bound_.resize(mark.first);
    depth_ = mark.second;
  }

  const Bound* find(const ir::VarNode* var) const {
    const auto it = std::ranges::find(bound_, var, &Bound::var);
    return it == bound_.end() ? nullptr : &*it;
  }
  bool hides(const Bound& bound) const { return bound.is_loop && bound.depth < depth_; }

 private:
  std::vector<Bound> bound_;
  int depth_ = 0;
};

// Those that are bound below a statement, wherever.
BoundVariables bound_below(const ir::Stmt& root) {
  BoundVariables bindings;
  ir::for_each_stmt(root, [&](const ir::Stmt& s) {
    bindings.enter(s);
    return true;
  });
  return bindings;
}

// The first variable that is used where it is hidden, or, of those that `before` binds, where it is not bound.
class UnboundFinder : public ir::Visitor {
 public:
  UnboundFinder(BoundVariables around, const ir::Stmt& before) : bindings_(std::move(around)), before_(before) {}
  using Visitor::visit;

  void visit(const ir::Expr& e) override {
    if (unbound || hidden) return;
    if (const auto* var = ir::as<ir::VarNode>(e)) use(var);
    else Visitor::visit(e);
  }

  void visit(const ir::Stmt& s) override {
    if (!s || unbound || hidden) return;
    const auto* realize = ir::as<ir::BlockRealize>(s);
    if (realize) visit_outside(*realize);
    const auto mark = bindings_.mark();
    bindings_.enter(s);
    if (realize) visit_inside(realize->block);
    else Visitor::visit(s);
    bindings_.leave(mark);
  }

  const ir::VarNode *unbound = nullptr, *hidden = nullptr;
  std::string block;   // that hides it

 private:
  void use(const ir::VarNode* var) {
    const BoundVariables::Bound* bound = bindings_.find(var);
    if (!bound && suspects().find(var)) unbound = var;
    if (bound && bindings_.hides(*bound)) hidden = var;
  }

  // Found where a variable is met that nothing binds: in most programs none is.
  const BoundVariables& suspects() {
    if (!suspects_) suspects_ = bound_below(before_);
    return *suspects_;
  }

  void visit_outside(const ir::BlockRealize& realize) {
    for (const ir::Expr& value : realize.iter_values) visit(value);
    visit(realize.predicate);
  }

  void visit_inside(const ir::Block& node) {
    visit(node.init);
    visit(node.body);
    for (const ir::BufferRegion& region : node.reads) visit_region(region);
    for (const ir::BufferRegion& region : node.writes) visit_region(region);
    for (const ir::MatchBuffer& match : node.match_buffers) visit_region(match.source);
    for (const ir::Buffer& buffer : node.alloc_buffers)
      for (const ir::Expr& extent : buffer->shape) visit(extent);
    if (hidden && block.empty()) block = node.name;
  }

  void visit_region(const ir::BufferRegion& region) {
    for (const ir::Range& range : region.region) {
      visit(range.min);
      visit(range.extent);
    }
  }

  BoundVariables bindings_;
  const ir::Stmt& before_;
  std::optional<BoundVariables> suspects_;
};

}  // namespace

std::optional<Diagnostic> unbound_variable(const ChangedPart& part, const char* primitive) {
  BoundVariables around;
  std::vector<ir::Stmt> chain = part.after.chain();
  chain.pop_back();
  for (const ir::Stmt& s : chain) around.enter(s);
  UnboundFinder finder(std::move(around), part.before.stmt());
  finder.visit(part.after.stmt());
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
