#include "engine/schedule/soundness.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/arith/analyzer.h"
#include "engine/arith/iter_map.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/structural_equal.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/block_order.h"
#include "engine/schedule/block_scope.h"
#include "engine/schedule/dependence.h"
#include "engine/schedule/lost_writes.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

bool uses(const ir::Expr& e, const ir::Var& var) {
  return ir::uses_var(e, [&](const ir::VarNode* v) { return v == var.get(); });
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

bool runs_together(const ir::For& loop) { return loop.for_kind == ir::ForKind::Parallel || loop.for_kind == ir::ForKind::Vectorized; }

bool any_runs_together(const Place& part) {
  bool found = false;
  const auto look = [&](const ir::Stmt& s) {
    const auto* loop = ir::as<ir::For>(s);
    found = found || (loop && runs_together(*loop));
    return !found;
  };
  std::ranges::for_each(part.chain, look);
  ir::for_each_stmt(part.stmt(), look);
  return found;
}

// The parallel and vectorized loops around and in a part of the program that hold a block, each once.
std::vector<Place> loops_run_together(const Place& part) {
  std::vector<Place> loops;
  if (!any_runs_together(part)) return loops;
  for (const Place& block : all_blocks_below(part))
    for (Place& loop : loops_above(block)) {
      const auto is_it = [&](const Place& known) { return known.path == loop.path; };
      if (runs_together(loop.loop()) && std::ranges::none_of(loops, is_it)) loops.push_back(std::move(loop));
    }
  return loops;
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

std::optional<ir::Range> domain_in(const ir::Stmt& s, const ir::VarNode* var) {
  if (const auto* loop = ir::as<ir::For>(s); loop && loop->loop_var.get() == var) return ir::Range{loop->min, loop->extent};
  const auto* realize = ir::as<ir::BlockRealize>(s);
  if (!realize) return std::nullopt;
  for (const ir::IterVar& axis : realize->block.iter_vars)
    if (axis.var.get() == var) return ir::Range{axis.min, axis.extent};
  return std::nullopt;
}

// The values of expressions inside a place, by the bounds of its loops and axes.
class BoundsAt {
 public:
  explicit BoundsAt(const Place& place) : place_(place) {}

  arith::ConstIntBound operator()(const ir::Expr& e) {
    if (const auto value = ir::as_int(e)) return {*value, *value};
    if (const auto plain = of_variable(e)) return *plain;
    if (!analyzer_) bind();
    return analyzer_->const_int_bound(e);
  }

 private:
  // Of a variable with a constant domain.
  std::optional<arith::ConstIntBound> of_variable(const ir::Expr& e) const {
    const ir::VarNode* var = ir::as<ir::VarNode>(e);
    for (auto it = place_.chain.rbegin(); var && it != place_.chain.rend(); ++it) {
      const auto domain = domain_in(*it, var);
      if (!domain) continue;
      const auto begin = ir::as_int(domain->min), extent = ir::as_int(domain->extent);
      if (!begin || !extent || *extent < 1) return std::nullopt;
      return arith::ConstIntBound{*begin, *begin + *extent - 1};
    }
    return std::nullopt;
  }

  void bind() {
    analyzer_.emplace();
    for (const ir::Stmt& s : place_.chain) {
      if (const auto* loop = ir::as<ir::For>(s)) analyzer_->bind(loop->loop_var, ir::Range{loop->min, loop->extent});
      if (const auto* realize = ir::as<ir::BlockRealize>(s))
        for (const ir::IterVar& axis : realize->block.iter_vars) analyzer_->bind(axis.var, ir::Range{axis.min, axis.extent});
    }
  }

  const Place& place_;
  std::optional<arith::Analyzer> analyzer_;
};

// A copy has the indices of the block that it copies for, without the condition that may guard them there.
std::optional<Diagnostic> outside_shape(const Place& copy, const char* primitive) {
  BoundsAt bounds(copy);
  std::vector<const ir::BufferRegion*> regions;
  for (const ir::BufferRegion& region : copy.block().reads) regions.push_back(&region);
  for (const ir::BufferRegion& region : copy.block().writes) regions.push_back(&region);
  for (const ir::BufferRegion* touched : regions)
    for (size_t d = 0; d < touched->region.size(); ++d) {
      const auto size = ir::as_int(touched->buffer->shape[d]);
      const arith::ConstIntBound index = bounds(touched->region[d].min);
      if (!size || !ir::is_one(touched->region[d].extent) || index.min == arith::ConstIntBound::kNegInf || index.max == arith::ConstIntBound::kPosInf ||
          (index.min >= 0 && index.max < *size))
        continue;
      return unsound_step(DiagnosticKind::UncoveredRead,
                          fmt::format("{} would make {} touch {} with index {} of dimension {} in [{}, {}], where there are {} elements", primitive, quoted(copy),
                                      touched->buffer->name, script::print_expr(touched->region[d].min), d, index.min, index.max, *size));
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

std::optional<Diagnostic> dependent_iterations(const Place& loop, const char* primitive) {
  if (!may_share_elements(loop)) return std::nullopt;
  const auto collision = concurrent_conflict(loop, {8000}).collision;
  if (!collision) return std::nullopt;
  return unsound_step(DiagnosticKind::ReversedDependence,
                      fmt::format("{} would let iterations of {} run at the same time: {}", primitive, quoted(loop), describe(*collision)),
                      {label(loop, bounds_text(loop.loop()))}, collision->witness);
}

std::optional<Diagnostic> newly_dependent_iterations(const ir::Module& before, const Place& changed, const char* primitive) {
  for (const Place& loop : loops_run_together(changed)) {
    auto found = dependent_iterations(loop, primitive);
    const std::optional<Place> was = found ? find(before, ref(loop.loop())) : std::nullopt;
    if (found && (!was || !runs_together(was->loop()) || !dependent_iterations(*was, primitive))) return found;
  }
  return std::nullopt;
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
  BoundsAt bounds(place);
  for (size_t i = 0; i < realize.iter_values.size(); ++i) {
    const ir::IterVar& axis = realize.block.iter_vars[i];
    const auto begin = ir::as_int(axis.min), extent = ir::as_int(axis.extent);
    const arith::ConstIntBound bound = bounds(realize.iter_values[i]);
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
