#include "engine/schedule/moved_block.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/analyzer.h"
#include "engine/arith/iter_map.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/structural_equal.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/block_order.h"
#include "engine/schedule/block_scope.h"
#include "engine/schedule/bounds_at.h"
#include "engine/schedule/lost_writes.h"
#include "engine/schedule/soundness.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

// A block comes to stand in a loop with the writer of what it reads without stating it: whether that is written in time was not looked at.
std::optional<Diagnostic> hidden_dependence(const Place& before, const Place& after, const char* primitive) {
  const std::vector<Place> loops = loops_above(after);
  if (loops.empty()) return std::nullopt;
  for (const Place& other : all_blocks_below(loops.front())) {
    if (other.block().id == after.block().id) continue;
    const auto writes = [&](const ir::BufferNode* buffer) {
      return std::ranges::any_of(other.block().writes, [&](const ir::BufferRegion& write) { return write.buffer.get() == buffer; });
    };
    if (const ir::BufferNode* buffer = unstated_read(after.block(), writes))
      return unsound_step(DiagnosticKind::UncoveredRead,
                          fmt::format("{} would put {} among the iterations of {}, which writes {}, and {} reads it without stating it", primitive, quoted(before),
                                      quoted(other), buffer->name, quoted(before)),
                          {label(before, "reads more than it states")});
  }
  return std::nullopt;
}

std::optional<Diagnostic> lost_iterations(const Place& before, const Place& after, const char* primitive) {
  if (!is_output_block(after, *scope_of(after))) return std::nullopt;
  BoundsAt bounds_before(before), bounds_after(after);
  for (size_t axis = 0; axis < after.realize().iter_values.size(); ++axis) {
    const arith::ConstIntBound was = bounds_before(before.realize().iter_values[axis]), is = bounds_after(after.realize().iter_values[axis]);
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
    const bool used = std::ranges::any_of(realize.iter_values, [&](const ir::Expr& value) { return ir::uses_var(value, var); });
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
          realize.block.iter_vars[i].type == ir::IterType::Reduction && ir::uses_var(realize.iter_values[i], loop.loop_var);
    analyzer.bind(loop.loop_var, ir::Range{loop.min, loop.extent});
    if (feeds_reduction && !ir::is_one(loop.extent)) inner.push_back({loop.loop_var, {loop.min, loop.extent}});
  }
  return repeated_step(before, realize, inner, analyzer, primitive);
}

// A condition in the axes of a block instead of what they are bound to.
class InAxes : public ir::Rewriter {
 public:
  explicit InAxes(const ir::BlockRealize& realize) : realize_(realize) {}
  using Rewriter::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override {
    for (size_t i = 0; i < realize_.iter_values.size(); ++i)
      if (!ir::as_int(e) && ir::structural_equal(e, realize_.iter_values[i])) return realize_.block.iter_vars[i].var;
    return Rewriter::rewrite(e);
  }

 private:
  const ir::BlockRealize& realize_;
};

// Nothing where loops are left in it.
std::optional<ir::Expr> condition_in_axes(const ir::BlockRealize& realize) {
  const ir::Expr condition = InAxes(realize).rewrite(realize.predicate);
  const auto is_no_axis = [&](const ir::VarNode* var) { return std::ranges::none_of(realize.block.iter_vars, [&](const ir::IterVar& axis) { return axis.var.get() == var; }); };
  return ir::uses_var(condition, is_no_axis) ? std::nullopt : std::optional(condition);
}

// A block that ran under a condition runs without it in its new place, where it does not hold of itself. (TVM makes new conditions of the
// new loops' bounds alone.)
std::optional<Diagnostic> dropped_condition(const Place& before, const Place& after, const char* primitive) {
  if (ir::is_one(before.realize().predicate)) return std::nullopt;
  std::optional<ir::Expr> condition = condition_in_axes(before.realize());
  const auto &was = before.block().iter_vars, &is = after.block().iter_vars;
  if (!condition || was.size() != is.size()) return std::nullopt;
  ir::VarMap renamed;
  for (size_t i = 0; i < was.size(); ++i) renamed[was[i].var.get()] = is[i].var;
  condition = ir::substitute(*condition, renamed);
  BoundsAt bounds(after);
  arith::Analyzer analyzer;
  for (size_t i = 0; i < is.size(); ++i) analyzer.bind(is[i].var, bounds(after.realize().iter_values[i]));
  const auto kept = condition_in_axes(after.realize());
  const arith::Analyzer::Scope scope = analyzer.assume(kept ? *kept : ir::make_bool(true));
  if (analyzer.can_prove(*condition, arith::ProofStrength::SymbolicBound)) return std::nullopt;
  return unsound_step(DiagnosticKind::ChangedResults,
                      fmt::format("{} would drop the condition {} of {}", primitive, script::print_expr(*condition), quoted(before)), {label(before, "runs under a condition")});
}

}  // namespace

std::optional<Diagnostic> repeated_below(const Place& reduction, std::span<const Place> loops, const char* primitive) {
  arith::Analyzer analyzer;
  arith::VarRanges ranges;
  for (const Place& place : loops_above(reduction)) analyzer.bind(place.loop().loop_var, ir::Range{place.loop().min, place.loop().extent});
  for (const Place& place : loops)
    if (!ir::is_one(place.loop().extent)) ranges.push_back({place.loop().loop_var, {place.loop().min, place.loop().extent}});
  return repeated_step(reduction, reduction.realize(), ranges, analyzer, primitive);
}

std::optional<Diagnostic> unsound_move(const ir::Module& before, const ir::Module& after, const BlockRef& moved,
                                       const char* primitive) {
  const Place was = at(before, moved), is = at(after, moved);
  if (auto found = lost_iterations(was, is, primitive)) return found;
  if (auto found = dropped_condition(was, is, primitive)) return found;
  if (auto found = repeated_reduction(was, is, primitive)) return found;
  if (auto found = hidden_dependence(was, is, primitive)) return found;
  // Bounds alone do not tell what a condition leaves out.
  if (!ir::is_one(is.realize().predicate) && is_output_block(is, *scope_of(is)))
    for (const ir::BufferRegion& write : was.block().writes)
      if (auto found = lost_writes(*scope_of(was), after, write.buffer, primitive)) return found;
  return uncovered_read(was, is, primitive);
}

}  // namespace loopglass::schedule
