#include "engine/schedule/soundness.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/ir/visitor.h"
#include "engine/schedule/block_order.h"
#include "engine/schedule/dependence.h"

namespace loopglass::schedule {
namespace {

// Iterations of the loop store in different places: each axis that runs with it is an index of every store.
bool stores_by_axes(const Place& block, const ir::Var& loop_var) {
  const ir::BlockRealize& realize = block.realize();
  bool result = true;
  for (size_t i = 0; i < realize.iter_values.size(); ++i) {
    if (!ir::uses_var(realize.iter_values[i], loop_var)) continue;
    const ir::Var& axis = realize.block.iter_vars[i].var;
    const auto is_axis = [&](const ir::Expr& index) { return ir::as_var(index) == axis; };
    ir::for_each_stmt(realize.block.body, [&](const ir::Stmt& s) {
      if (const ir::BufferStore* store = ir::as<ir::BufferStore>(s)) result = result && std::ranges::any_of(store->indices, is_axis);
      return result;
    });
  }
  return result;
}

bool runs_together(const ir::For& loop) { return loop.for_kind == ir::ForKind::Parallel || loop.for_kind == ir::ForKind::Vectorized; }

bool any_runs_together(const Place& part) {
  bool found = false;
  const auto look = [&](const ir::Stmt& s) {
    const auto* loop = ir::as<ir::For>(s);
    found = found || (loop && runs_together(*loop));
    return !found;
  };
  std::ranges::for_each(part.upwards(), look);
  ir::for_each_stmt(part.stmt(), look);
  return found;
}

// The parallel and vectorized loops around a part of the program, through blocks too, and those in it that hold a block, each once.
std::vector<Place> loops_run_together(const Place& part) {
  std::vector<Place> loops;
  if (!any_runs_together(part)) return loops;
  const auto add = [&](const Place& place) {
    const bool is_one = place.is_loop() && runs_together(place.loop());
    if (is_one && std::ranges::none_of(loops, [&](const Place& known) { return known.is_at(place); })) loops.push_back(place);
  };
  for (std::optional<Place> around = part; around; around = parent(*around)) add(*around);
  for (const Place& block : all_blocks_below(part)) std::ranges::for_each(loops_above(block), add);
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

}  // namespace loopglass::schedule
