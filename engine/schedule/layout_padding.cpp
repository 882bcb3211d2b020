// The value of what a new layout adds to a buffer.
#include <algorithm>
#include <optional>

#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/structural_equal.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/layout_change.h"

namespace loopglass::schedule {
namespace {

// A store to the buffer, and the loops from the outermost to the innermost that its indices depend on.
struct Write {
  ir::Stmt store;
  std::vector<ir::Stmt> loops;
  ir::Stmt block;             // the innermost around it; null for none
  bool covers = false;        // the loops are one for each dimension, in order, and run through all of it
};

// Finds the writes of a buffer in program order.
class WriteFinder : public ir::Visitor {
 public:
  explicit WriteFinder(ir::Buffer buffer) : buffer_(std::move(buffer)) {}

  using Visitor::visit;
  void visit(const ir::Stmt& s) override {
    if (ir::as<ir::For>(s)) return loop(s);
    if (ir::as<ir::BlockRealize>(s)) return block(s);
    if (const ir::LetStmt* let = ir::as<ir::LetStmt>(s)) bind(let->var, let->value);
    const ir::BufferStore* store = ir::as<ir::BufferStore>(s);
    if (store && store->buffer == buffer_) return note(s, *store);
    Visitor::visit(s);
  }
  bool visits_regions() const override { return false; }

  std::vector<Write> writes;

 private:
  struct Depths {
    size_t first, last;
  };

  void loop(const ir::Stmt& s) {
    const ir::VarNode* var = ir::get<ir::For>(s).loop_var.get();
    depths_[var] = {loops_.size(), loops_.size()};
    loops_.push_back(s);
    Visitor::visit(s);
    loops_.pop_back();
    depths_.erase(var);
  }
  void block(const ir::Stmt& s) {
    const ir::BlockRealize& realize = ir::get<ir::BlockRealize>(s);
    for (size_t i = 0; i < realize.iter_values.size(); ++i) bind(realize.block.iter_vars[i].var, realize.iter_values[i]);
    const ir::Stmt outside = std::exchange(block_, s);
    Visitor::visit(s);
    block_ = outside;
  }
  void bind(const ir::Var& var, const ir::Expr& value) {
    const auto range = depths_of(value);
    if (!range) return;
    depths_[var.get()] = *range;
    bindings_[var.get()] = ir::substitute(value, bindings_);
  }
  std::optional<Depths> depths_of(const ir::Expr& e) const {
    std::optional<Depths> result;
    ir::for_each_expr(e, [&](const ir::Expr& part) {
      const auto known = depths_.find(static_cast<const ir::VarNode*>(part.get()));
      if (!ir::as<ir::VarNode>(part) || known == depths_.end()) return;
      result = result ? Depths{std::min(result->first, known->second.first), std::max(result->last, known->second.last)} : known->second;
    });
    return result;
  }

  void note(const ir::Stmt& s, const ir::BufferStore& store) {
    std::optional<Depths> range;
    for (const ir::Expr& index : store.indices)
      if (const auto own = depths_of(index)) range = range ? Depths{std::min(range->first, own->first), std::max(range->last, own->last)} : *own;
    Write write{s, {}, block_};
    if (range) write.loops.assign(loops_.begin() + static_cast<std::ptrdiff_t>(range->first), loops_.begin() + static_cast<std::ptrdiff_t>(range->last) + 1);
    write.covers = covers(write, store);
    writes.push_back(std::move(write));
  }
  bool covers(const Write& write, const ir::BufferStore& store) const {
    if (write.loops.empty() || write.loops.size() != buffer_->shape.size() || write.loops.size() != store.indices.size()) return false;
    for (size_t i = 0; i < write.loops.size(); ++i) {
      const ir::For& loop = ir::get<ir::For>(write.loops[i]);
      const bool runs_through = ir::substitute(store.indices[i], bindings_) == loop.loop_var && ir::is_zero(loop.min) && !loop.step &&
                                ir::structural_equal(loop.extent, buffer_->shape[i]) && loop.for_kind == ir::ForKind::Serial;
      if (!runs_through) return false;
    }
    return true;
  }

  const ir::Buffer buffer_;
  std::vector<ir::Stmt> loops_;
  ir::Stmt block_;
  std::unordered_map<const ir::VarNode*, Depths> depths_;
  ir::VarMap bindings_;
};

// The inverse and the padding's condition with variables of their own, for one nest of loops.
struct NewIndices {
  std::vector<ir::Var> loops;
  std::vector<ir::Expr> old_indices;
  ir::Expr padding;
};

ir::VarMap renamed(const std::vector<ir::Var>& from, const std::vector<ir::Var>& to) {
  ir::VarMap map;
  for (size_t i = 0; i < from.size(); ++i) map[from[i].get()] = to[i];
  return map;
}

NewIndices new_indices(const LayoutChange& change) {
  NewIndices result;
  for (const ir::Var& var : change.inverse.initial_indices) result.loops.push_back(ir::make_var(var->name, var->dtype));
  const ir::VarMap map = renamed(change.inverse.initial_indices, result.loops);
  for (const ir::Expr& e : change.inverse.final_indices) result.old_indices.push_back(ir::substitute(e, map));
  result.padding = ir::substitute(change.padding, map);
  return result;
}

std::vector<ir::Var> axes_for(const std::vector<ir::Var>& loops) {
  std::vector<ir::Var> axes;
  for (const ir::Var& loop : loops) axes.push_back(ir::make_var("v_" + loop->name, loop->dtype));
  return axes;
}

ir::Expr pad_value_at(const LayoutChange& change, const std::vector<ir::Var>& indices) {
  return map_indices(*change.pad_value, std::vector<ir::Expr>(indices.begin(), indices.end()), arith::Analyzer())[0];
}

ir::Stmt in_loops(const LayoutChange& change, const std::vector<ir::Var>& loops, ir::Stmt body) {
  for (size_t i = loops.size(); i-- > 0;)
    body = ir::make_for(loops[i], ir::make_int(0, loops[i]->dtype), change.to->shape[i], ir::ForKind::Serial, std::move(body));
  return body;
}

// A block of its own that runs through the new buffer; its one region is the element at its axes.
ir::BlockRealize block_over_buffer(const LayoutChange& change, const std::vector<ir::Var>& loops, const std::vector<ir::Var>& axes, const char* suffix) {
  ir::BlockRealize realize;
  realize.predicate = ir::make_bool(true);
  realize.block.id = ir::make_block_id();
  realize.block.name = "buffer_" + change.to->name + suffix;
  for (size_t i = 0; i < axes.size(); ++i) {
    realize.block.iter_vars.push_back({axes[i], ir::make_int(0), change.to->shape[i], ir::IterType::Spatial});
    realize.iter_values.push_back(loops[i]);
  }
  return realize;
}

ir::BufferRegion element(const ir::Buffer& buffer, const std::vector<ir::Var>& indices) {
  ir::BufferRegion region{buffer, {}};
  for (const ir::Var& index : indices) region.region.push_back({index, ir::make_int(1, index->dtype)});
  return region;
}

ir::Stmt assumption(const LayoutChange& change) {
  const NewIndices indices = new_indices(change);
  const std::vector<ir::Var> axes = axes_for(indices.loops);
  ir::BlockRealize realize = block_over_buffer(change, indices.loops, axes, "_assumptions");
  const ir::Expr value = ir::make_load(change.to, {axes.begin(), axes.end()});
  const ir::Expr padding = ir::substitute(indices.padding, renamed(indices.loops, axes));
  ir::Evaluate assume;
  assume.value = ir::make_call(ir::kBool, "assume", {ir::logical_or(ir::logical_not(padding), ir::eq(value, pad_value_at(change, axes)))});
  realize.block.body = ir::make_stmt(std::move(assume));
  realize.block.reads = {element(change.to, axes)};
  return in_loops(change, indices.loops, ir::make_stmt(std::move(realize)));
}

ir::Stmt filling(const LayoutChange& change) {
  const NewIndices indices = new_indices(change);
  const std::vector<ir::Var> axes = axes_for(indices.loops);
  ir::BlockRealize realize = block_over_buffer(change, indices.loops, axes, "_padding");
  realize.predicate = indices.padding;
  realize.block.body = ir::make_store(change.to, pad_value_at(change, axes), {axes.begin(), axes.end()});
  realize.block.writes = {element(change.to, axes)};
  return in_loops(change, indices.loops, ir::make_stmt(std::move(realize)));
}

// Makes the nest over the new buffer of a nest over the old one.
class Chooser : public ir::Rewriter {
 public:
  Chooser(const LayoutChange& change, const Write& write)
      : change_(change), write_(write), indices_(new_indices(change)), axes_(axes_for(indices_.loops)),
        padding_(ir::substitute(indices_.padding, renamed(indices_.loops, axes_))) {
    for (size_t i = 0; i < write.loops.size(); ++i) values_[ir::get<ir::For>(write.loops[i]).loop_var.get()] = indices_.old_indices[i];
  }

  // Null where another store stands in the nest, or the block's axes are not the buffer's indices.
  ir::Stmt nest() {
    if (!find_axes()) return nullptr;
    ir::Stmt body = rewrite(ir::get<ir::For>(write_.loops.back()).body);
    return replaced_all_ ? in_loops(change_, indices_.loops, std::move(body)) : nullptr;
  }

  using Rewriter::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override {
    const auto known = values_.find(static_cast<const ir::VarNode*>(e.get()));
    return ir::as<ir::VarNode>(e) && known != values_.end() ? known->second : Rewriter::rewrite(e);
  }
  ir::Stmt rewrite(const ir::Stmt& s) override {
    if (const ir::BufferStore* store = ir::as<ir::BufferStore>(s)) return choice(*store);
    ir::Stmt out = Rewriter::rewrite(s);
    return s == write_.block ? with_new_axes(ir::get<ir::BlockRealize>(out)) : out;
  }

 private:
  // The place of the buffer's indices among the axes of the innermost block.
  bool find_axes() {
    const std::vector<ir::Expr>& old = ir::get<ir::BufferStore>(write_.store).indices;
    const std::vector<ir::IterVar>& axes = ir::get<ir::BlockRealize>(write_.block).block.iter_vars;
    if (axes.size() < old.size()) return false;
    while (first_ < axes.size() - old.size() && old[0] != axes[first_].var) ++first_;
    for (size_t i = 0; i < old.size(); ++i) {
      const ir::IterVar& axis = axes[first_ + i];
      if (old[i] != axis.var || axis.type != ir::IterType::Spatial) return false;
      values_[axis.var.get()] = ir::substitute(indices_.old_indices[i], renamed(indices_.loops, axes_));
    }
    return true;
  }

  ir::Stmt choice(const ir::BufferStore& store) {
    const ir::BufferStore& first = ir::get<ir::BufferStore>(write_.store);
    bool same = store.buffer == first.buffer;
    for (size_t i = 0; same && i < first.indices.size(); ++i) same = ir::structural_equal(store.indices[i], first.indices[i]);
    replaced_all_ &= same;
    const ir::Expr value = rewrite(store.value);
    return ir::make_store(change_.to, ir::if_then_else(padding_, pad_value_at(change_, axes_), value), {axes_.begin(), axes_.end()});
  }

  ir::Stmt with_new_axes(const ir::BlockRealize& realize) {
    ir::BlockRealize changed = realize;
    const auto at = static_cast<std::ptrdiff_t>(first_), end = at + static_cast<std::ptrdiff_t>(ir::get<ir::BufferStore>(write_.store).indices.size());
    std::vector<ir::IterVar> axes;
    for (size_t i = 0; i < axes_.size(); ++i) axes.push_back({axes_[i], ir::make_int(0, change_.to->shape[i]->dtype), change_.to->shape[i], ir::IterType::Spatial});
    changed.block.iter_vars.erase(changed.block.iter_vars.begin() + at, changed.block.iter_vars.begin() + end);
    changed.block.iter_vars.insert(changed.block.iter_vars.begin() + at, axes.begin(), axes.end());
    changed.iter_values.erase(changed.iter_values.begin() + at, changed.iter_values.begin() + end);
    changed.iter_values.insert(changed.iter_values.begin() + at, indices_.loops.begin(), indices_.loops.end());
    return ir::make_stmt(std::move(changed));
  }

  const LayoutChange& change_;
  const Write& write_;
  const NewIndices indices_;
  const std::vector<ir::Var> axes_;
  const ir::Expr padding_;
  ir::VarMap values_;
  size_t first_ = 0;
  bool replaced_all_ = true;
};

}  // namespace

PaddingPlan plan_padding(const ir::Stmt& scope, const LayoutChange& change) {
  PaddingPlan plan;
  if (!change.pad_value || ir::is_zero(change.padding)) return plan;
  WriteFinder finder(change.from);
  finder.visit(scope);
  if (finder.writes.empty()) {
    plan.prologue = assumption(change);
    return plan;
  }
  for (const Write& write : finder.writes) {
    if (!write.covers || !write.block || write.block == scope) continue;
    if (ir::Stmt nest = Chooser(change, write).nest()) plan.replacements[write.loops[0].get()] = std::move(nest);
  }
  if (!plan.replacements.empty()) return plan;
  const Write& last = finder.writes.back();
  plan.last_write = last.loops.empty() ? last.block.get() : last.loops.front().get();
  plan.epilogue = filling(change);
  return plan;
}

}  // namespace loopglass::schedule
