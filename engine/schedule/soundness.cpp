#include "engine/schedule/soundness.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/arith/analyzer.h"
#include "engine/arith/iter_map.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/block_scope.h"
#include "engine/schedule/dependence.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

bool uses(const ir::Expr& e, const ir::Var& var) {
  return ir::uses_var(e, [&](const ir::VarNode* v) { return v == var.get(); });
}

bool holds_blocks(const Place& place) { return !child_blocks(place).empty(); }

// The blocks below a place that hold no others, in program order.
std::vector<Place> leaf_blocks(const Place& place) {
  std::vector<Place> blocks = all_blocks_below(place);
  std::erase_if(blocks, holds_blocks);
  return blocks;
}

// What a block says that it touches, and what its body does touch (unsafe_hide_buffer_access makes these differ).
struct Touched {
  std::set<const ir::BufferNode*> written, loaded, all;
};

class TouchedCollector : public ir::Visitor {
 public:
  explicit TouchedCollector(const ir::Block& block) {
    for (const ir::BufferRegion& w : block.writes) write(w.buffer);
    for (const ir::BufferRegion& r : block.reads) touched.all.insert(r.buffer.get());
    visit(block.init);
    visit(block.body);
  }
  using Visitor::visit;
  void visit(const ir::Expr& e) override {
    if (const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e)) {
      touched.loaded.insert(load->buffer.get());
      touched.all.insert(load->buffer.get());
    }
    Visitor::visit(e);
  }
  void visit(const ir::Stmt& s) override {
    if (const ir::BufferStore* store = ir::as<ir::BufferStore>(s)) write(store->buffer);
    Visitor::visit(s);
  }
  Touched touched;

 private:
  void write(const ir::Buffer& buffer) {
    touched.written.insert(buffer.get());
    touched.all.insert(buffer.get());
  }
};

bool meet(const std::set<const ir::BufferNode*>& written, const std::set<const ir::BufferNode*>& all) {
  return std::ranges::any_of(written, [&](const ir::BufferNode* buffer) { return all.contains(buffer); });
}

// Whether they may touch one element, one of them writing it, going by the buffers alone.
bool may_depend(const ir::Block& a, const ir::Block& b) {
  const Touched x = TouchedCollector(a).touched, y = TouchedCollector(b).touched;
  return meet(x.written, y.all) || meet(y.written, x.all);
}

std::string iteration_text(const std::vector<std::pair<std::string, int64_t>>& loops) {
  std::string text;
  for (const auto& [name, value] : loops) text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", name, value);
  return text.empty() ? "its one iteration" : text;
}

Diagnostic reversed(const Place& earlier, const Place& later, const Collision& collision, const char* primitive) {
  const Witness& w = collision.witness;
  const auto verb = [](bool writes) { return writes ? "writes" : "reads"; };
  return unsound_step(
      DiagnosticKind::ReversedDependence,
      fmt::format("{} would let {} run before {}, which {} {}[{}] ({}) before the former {} it ({})", primitive,
                  quoted(later), quoted(earlier), verb(collision.first_writes), w.buffer, fmt::join(w.index, ", "),
                  iteration_text(w.first), verb(collision.second_writes), iteration_text(w.second)),
      {label(later, "has to run after"), label(earlier, "this block")}, collision.witness);
}

Diagnostic misplaced_copy(const Place& copy, const Place& writer, const Place& reader, const Collision& collision, const char* primitive) {
  const Witness& w = collision.witness;
  return unsound_step(DiagnosticKind::ReversedDependence,
                      fmt::format("{} would put {} where it does not bring {}[{}] from {} to {}", primitive, quoted(copy), w.buffer, fmt::join(w.index, ", "),
                                  quoted(writer), quoted(reader)),
                      {label(reader, "needs what is written"), label(writer, "writes it")}, w);
}

// Where the blocks of `before` stand in `after`; -1: gone.
std::vector<int> positions_after(const std::vector<Place>& before, const std::vector<Place>& after) {
  std::unordered_map<const ir::BlockIdToken*, int> position;
  for (const Place& block : after) position.emplace(block.block().id.get(), static_cast<int>(position.size()));
  std::vector<int> positions;
  for (const Place& block : before) {
    const auto found = position.find(block.block().id.get());
    positions.push_back(found == position.end() ? -1 : found->second);
  }
  return positions;
}

std::optional<Diagnostic> reversed_in(const std::vector<Place>& before, const std::vector<Place>& after, const char* primitive) {
  const std::vector<int> now = positions_after(before, after);
  int furthest = -1;   // of the blocks so far
  for (size_t later = 0; later < before.size(); furthest = std::max(furthest, now[later]), ++later) {
    if (now[later] < 0 || furthest < now[later]) continue;
    for (size_t earlier = 0; earlier < later; ++earlier) {
      if (now[earlier] < now[later] || !may_depend(before[earlier].block(), before[later].block())) continue;
      if (const auto answer = conflict(before[earlier], before[later]); answer.collision)
        return reversed(before[earlier], before[later], *answer.collision, primitive);
    }
  }
  return std::nullopt;
}

// The leaf blocks of a changed part before and after a step, what they touch, and where each stands in the other version (-1: nowhere).
struct Versions {
  std::vector<Place> was, is;
  std::vector<int> old, now;
  std::vector<Touched> was_touched, is_touched;
};

Versions versions(std::vector<Place> was, std::vector<Place> is) {
  Versions v{std::move(was), std::move(is), {}, {}, {}, {}};
  v.old = positions_after(v.is, v.was);
  v.now = positions_after(v.was, v.is);
  for (const Place& block : v.was) v.was_touched.push_back(TouchedCollector(block.block()).touched);
  for (const Place& block : v.is) v.is_touched.push_back(TouchedCollector(block.block()).touched);
  return v;
}

// A copy that the step has made, and that reads elements for `reader` before the block that writes them has run.
std::optional<Diagnostic> early_copy(const Versions& v, size_t copy, size_t reader, const char* primitive) {
  if (v.now[reader] <= static_cast<int>(copy) || !meet(v.is_touched[copy].written, v.is_touched[v.now[reader]].all)) return std::nullopt;
  for (size_t writer = 0; writer < reader; ++writer) {
    if (v.now[writer] <= static_cast<int>(copy) || !meet(v.was_touched[writer].written, v.is_touched[copy].loaded)) continue;
    const auto answer = conflict(v.was[writer], v.was[reader]);
    if (answer.collision && answer.collision->first_writes) return misplaced_copy(v.is[copy], v.was[writer], v.was[reader], *answer.collision, primitive);
  }
  return std::nullopt;
}

// A copy that the step has made, and that brings what a block wrote to its buffer after `reader` has read it there.
std::optional<Diagnostic> late_copy(const Versions& v, size_t copy, size_t reader, const char* primitive) {
  if (v.now[reader] < 0 || v.now[reader] >= static_cast<int>(copy) || !meet(v.is_touched[copy].written, v.is_touched[v.now[reader]].loaded)) return std::nullopt;
  for (size_t writer = 0; writer < reader; ++writer) {
    if (v.now[writer] < 0 || !meet(v.was_touched[writer].written, v.is_touched[copy].written) || !meet(v.is_touched[v.now[writer]].written, v.is_touched[copy].loaded)) continue;
    const auto answer = conflict(v.was[writer], v.was[reader]);
    if (answer.collision && answer.collision->first_writes) return misplaced_copy(v.is[copy], v.was[writer], v.was[reader], *answer.collision, primitive);
  }
  return std::nullopt;
}

std::optional<Diagnostic> misplaced_copies(std::vector<Place> was, std::vector<Place> is, const char* primitive) {
  const std::vector<int> old = positions_after(is, was);
  if (std::ranges::find(old, -1) == old.end()) return std::nullopt;
  const Versions v = versions(std::move(was), std::move(is));
  for (size_t copy = 0; copy < v.is.size(); ++copy) {
    if (v.old[copy] >= 0) continue;
    for (size_t reader = 0; reader < v.was.size(); ++reader) {
      if (auto found = early_copy(v, copy, reader, primitive)) return found;
      if (auto found = late_copy(v, copy, reader, primitive)) return found;
    }
  }
  return std::nullopt;
}

// Iterations of the loop store in different places: each axis that runs with it is an index of every store.
bool stores_by_axes(const Place& block, const ir::Var& loop_var) {
  const ir::BlockRealize& realize = block.realize();
  bool result = true;
  for (size_t i = 0; i < realize.iter_values.size(); ++i) {
    if (!uses(realize.iter_values[i], loop_var)) continue;
    const ir::Var& axis = realize.block.iter_vars[i].var;
    const auto is_axis = [&](const ir::Expr& index) { return ir::as_var(index) == axis; };
    ir::for_each_stmt(realize.block.body, [&](const ir::Stmt& s) {
      if (const ir::BufferStore* store = ir::as<ir::BufferStore>(s)) result = result && std::ranges::any_of(store->indices, is_axis);
      return result;
    });
  }
  return result;
}

bool may_share_elements(const Place& loop) {
  const std::vector<Place> blocks = leaf_blocks(loop);
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (!stores_by_axes(blocks[i], loop.loop().loop_var)) return true;
    for (size_t j = 0; j < i; ++j)
      if (may_depend(blocks[i].block(), blocks[j].block())) return true;
  }
  return false;
}

// The values that an axis takes, by the bounds of the loops above.
arith::ConstIntBound axis_bound(const Place& block, size_t axis) {
  arith::Analyzer analyzer;
  for (const Place& loop : loops_above(block))
    analyzer.bind(loop.loop().loop_var, ir::Range{loop.loop().min, loop.loop().extent});
  return analyzer.const_int_bound(block.realize().iter_values[axis]);
}

// A copy has the indices of the block that it copies for, without the condition that may guard them there.
std::optional<Diagnostic> outside_shape(const Place& copy, const char* primitive) {
  arith::Analyzer analyzer;
  for (const ir::Stmt& s : copy.chain) {
    if (const auto* loop = ir::as<ir::For>(s)) analyzer.bind(loop->loop_var, ir::Range{loop->min, loop->extent});
    if (const auto* realize = ir::as<ir::BlockRealize>(s))
      for (const ir::IterVar& axis : realize->block.iter_vars) analyzer.bind(axis.var, ir::Range{axis.min, axis.extent});
  }
  std::vector<ir::BufferRegion> regions = copy.block().reads;
  regions.insert(regions.end(), copy.block().writes.begin(), copy.block().writes.end());
  for (const ir::BufferRegion& region : regions)
    for (size_t d = 0; d < region.region.size(); ++d) {
      const auto size = ir::as_int(region.buffer->shape[d]);
      const arith::ConstIntBound index = analyzer.const_int_bound(region.region[d].min);
      if (!size || !ir::is_one(region.region[d].extent) || index.min == arith::ConstIntBound::kNegInf || index.max == arith::ConstIntBound::kPosInf ||
          (index.min >= 0 && index.max < *size))
        continue;
      return unsound_step(DiagnosticKind::UncoveredRead,
                          fmt::format("{} would make {} touch {} with index {} of dimension {} in [{}, {}], where there are {} elements", primitive, quoted(copy),
                                      region.buffer->name, script::print_expr(region.region[d].min), d, index.min, index.max, *size));
    }
  return std::nullopt;
}

std::optional<Diagnostic> lost_iterations(const Place& before, const Place& after, const char* primitive) {
  if (!is_output_block(after, *scope_of(after))) return std::nullopt;
  for (size_t axis = 0; axis < after.realize().iter_values.size(); ++axis) {
    const arith::ConstIntBound was = axis_bound(before, axis), is = axis_bound(after, axis);
    if (is.min <= was.min && is.max >= was.max) continue;
    const std::string& name = after.block().iter_vars[axis].var->name;
    return unsound_step(
        DiagnosticKind::LostIterations,
        fmt::format("{} would leave {} only {} in [{}, {}] of [{}, {}]: the rest of its output would not be written",
                    primitive, quoted(before), name, is.min, is.max, was.min, was.max),
        {label(before, "computes an output")});
  }
  return std::nullopt;
}

std::optional<Diagnostic> uncovered_read(const Place& before, const Place& after, const char* primitive) {
  const Place root_before = *scope_of(before), root_after = *scope_of(after);
  const BlockScope was = make_block_scope(root_before), is = make_block_scope(root_after);
  for (size_t reader : consumers(is, is.index_of(after))) {
    const Place& block = is.blocks[reader];
    const auto same = [&](const Place& p) { return p.block().id == block.block().id; };
    const auto old = std::find_if(was.blocks.begin(), was.blocks.end(), same);
    if (old == was.blocks.end() || covers_regions(is, root_after, reader) ||
        !covers_regions(was, root_before, old - was.blocks.begin()))
      continue;
    return unsound_step(DiagnosticKind::UncoveredRead,
                        fmt::format("{} would leave {} reading elements that {} no longer writes", primitive,
                                    quoted(*old), quoted(before)),
                        {label(before, "would write less"), label(*old, "reads what is missing")});
  }
  return std::nullopt;
}

// Every iteration of the loops has to be another step of a reduction that is started before them all. (Of a guarded block only that it
// runs with each loop is asked: a tail is no bijection.)
std::optional<Diagnostic> repeated_step(const Place& named, const ir::BlockRealize& realize, const arith::VarRanges& loops, arith::Analyzer& analyzer,
                                        const char* primitive) {
  const bool bijective = !ir::is_one(realize.predicate) || !arith::detect_iter_map(realize.iter_values, loops, realize.predicate, arith::IterMapLevel::Bijective, analyzer).indices.empty();
  for (const auto& [var, range] : loops) {
    const bool used = std::ranges::any_of(realize.iter_values, [&](const ir::Expr& value) { return uses(value, var); });
    if (used && bijective) continue;
    return unsound_step(DiagnosticKind::RepeatedReduction,
                        fmt::format("{} would let the reduction {} run steps several times between its init and its "
                                    "end: some iterations of {} are the same step",
                                    primitive, quoted(named), var->name),
                        {label(named, "a reduction")});
  }
  return std::nullopt;
}

// From the outermost loop that a reduction axis runs with, every iteration has to be another step of the reduction.
// Loops around that only start it anew.
std::optional<Diagnostic> repeated_reduction(const Place& before, const Place& after, const char* primitive) {
  if (!after.block().init) return std::nullopt;
  const ir::BlockRealize& realize = after.realize();
  arith::Analyzer analyzer;
  arith::VarRanges inner;
  for (const Place& place : loops_above(after)) {
    const ir::For& loop = place.loop();
    bool feeds_reduction = !inner.empty();
    for (size_t i = 0; i < realize.iter_values.size(); ++i)
      feeds_reduction |=
          realize.block.iter_vars[i].type == ir::IterType::Reduction && uses(realize.iter_values[i], loop.loop_var);
    analyzer.bind(loop.loop_var, ir::Range{loop.min, loop.extent});
    if (feeds_reduction && !ir::is_one(loop.extent)) inner.push_back({loop.loop_var, {loop.min, loop.extent}});
  }
  return repeated_step(before, realize, inner, analyzer, primitive);
}

}  // namespace

Diagnostic unsound_step(DiagnosticKind kind, std::string message, std::vector<Label> labels,
                        std::optional<Witness> witness) {
  return {kind,
          std::move(message),
          "TVM accepts this step, but the results change; with trust it is applied all the same",
          std::move(labels),
          std::move(witness),
          {},
          true};
}

Result<void> refuse_or_warn(const Context& context, std::optional<Diagnostic> found, std::vector<Diagnostic>& warnings) {
  if (!found) return {};
  if (!context.trust) return Error(*std::move(found));
  warnings.push_back(*std::move(found));
  return {};
}

std::optional<Diagnostic> misplaced_block(const ir::Module& before, const Place& changed, const char* primitive) {
  std::vector<Place> was = leaf_blocks(*place_at(before, changed.path)), is = leaf_blocks(changed);
  if (auto found = reversed_in(was, is, primitive)) return found;
  return misplaced_copies(std::move(was), std::move(is), primitive);
}

std::optional<Diagnostic> repeated_below(const Place& reduction, std::span<const Place> loops, const char* primitive) {
  arith::Analyzer analyzer;
  arith::VarRanges ranges;
  for (const Place& place : loops_above(reduction)) analyzer.bind(place.loop().loop_var, ir::Range{place.loop().min, place.loop().extent});
  for (const Place& place : loops)
    if (!ir::is_one(place.loop().extent)) ranges.push_back({place.loop().loop_var, {place.loop().min, place.loop().extent}});
  return repeated_step(reduction, reduction.realize(), ranges, analyzer, primitive);
}

std::optional<Diagnostic> reversed_by_merge(const std::vector<std::vector<Place>>& nests) {
  for (size_t later = 0; later < nests.size(); ++later)
    for (size_t earlier = 0; earlier < later; ++earlier) {
      // Those that change places as a whole are found by their blocks' order.
      if (nests[later].front().path.steps < nests[earlier].front().path.steps) continue;
      const auto answer = merged_conflict(nests[earlier], nests[later]);
      if (!answer.collision) continue;
      const auto place_of = [&](const std::vector<Place>& nest, const ir::BlockId& id) {
        for (const Place& block : all_blocks_below(nest.front()))
          if (block.block().id == id) return block;
        return nest.front();
      };
      return reversed(place_of(nests[earlier], answer.collision->first_block), place_of(nests[later], answer.collision->second_block), *answer.collision,
                      "merge");
    }
  return std::nullopt;
}

std::optional<Diagnostic> lost_block(const Place& before, const ir::Module& after, const char* primitive) {
  const std::vector<Place> was = leaf_blocks(before);
  const std::vector<int> now = positions_after(was, leaf_blocks(*place_at(after, before.path)));
  const auto gone = std::ranges::find(now, -1);
  if (gone == now.end()) return std::nullopt;
  const Place& block = was[static_cast<size_t>(gone - now.begin())];
  return unsound_step(DiagnosticKind::LostStatements, fmt::format("{} would drop {}, which shares loops that are rebuilt", primitive, quoted(block)), {label(block, "would be gone")});
}

std::optional<Diagnostic> unsound_move(const ir::Module& before, const ir::Module& after, const BlockRef& moved,
                                       const char* primitive) {
  const Place was = at(before, moved), is = at(after, moved);
  if (auto found = lost_iterations(was, is, primitive)) return found;
  if (auto found = repeated_reduction(was, is, primitive)) return found;
  return uncovered_read(was, is, primitive);
}

std::optional<Diagnostic> dependent_iterations(const Place& loop, const char* primitive) {
  if (!may_share_elements(loop)) return std::nullopt;
  const auto collision = concurrent_conflict(loop, {8000}).collision;
  if (!collision) return std::nullopt;
  return unsound_step(DiagnosticKind::ReversedDependence,
                      fmt::format("{} would let iterations of {} run at the same time: {}", primitive, quoted(loop), describe(*collision)),
                      {label(loop, bounds_text(loop.loop()))}, collision->witness);
}

std::optional<Diagnostic> gpu_memory(const std::string& storage_scope, const char* primitive) {
  static const char* const kGpu[] = {"shared", "warp", "wmma", "texture", "m16n8k8", "metal", "trn"};
  if (std::none_of(std::begin(kGpu), std::end(kGpu), [&](const char* scope) { return storage_scope.starts_with(scope); })) return std::nullopt;
  return Diagnostic{DiagnosticKind::NotOnCpu, fmt::format("{} would use \"{}\" memory, which has no meaning on a CPU", primitive, storage_scope),
                    "on a CPU: \"global\" (memory) or \"local\" (private to a thread); with trust the step is recorded as TVM does", {}, std::nullopt, {}};
}

std::optional<Diagnostic> outside_domain(const ir::Module& after, const BlockRef& made, const char* primitive) {
  const Place place = at(after, made);
  const ir::BlockRealize& realize = place.realize();
  if (!ir::is_one(realize.predicate)) return std::nullopt;
  for (size_t i = 0; i < realize.iter_values.size(); ++i) {
    const ir::IterVar& axis = realize.block.iter_vars[i];
    const auto begin = ir::as_int(axis.min), extent = ir::as_int(axis.extent);
    const arith::ConstIntBound bound = axis_bound(place, i);
    if (!begin || !extent || bound.min == arith::ConstIntBound::kNegInf || bound.max == arith::ConstIntBound::kPosInf)
      continue;
    if (bound.min >= *begin && bound.max < *begin + *extent) continue;
    return unsound_step(
        DiagnosticKind::UncoveredRead,
        fmt::format("{} would make {} run with {} in [{}, {}], outside its domain [{}, {}]: it would touch elements "
                    "that are not there",
                    primitive, quoted(place), axis.var->name, bound.min, bound.max, *begin, *begin + *extent - 1));
  }
  return outside_shape(place, primitive);
}

}  // namespace loopglass::schedule
