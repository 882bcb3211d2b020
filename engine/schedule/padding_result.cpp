#include "engine/schedule/padding_result.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/analyzer.h"
#include "engine/ir/op.h"
#include "engine/ir/structural_equal.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/soundness.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

// e is 0 where the axis is beyond its extent: a padded buffer's element there is.
bool vanishes(const ir::Expr& e, const ir::Var& axis) {
  const auto both = [&](const ir::Expr& a, const ir::Expr& b) { return vanishes(a, axis) && vanishes(b, axis); };
  if (const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e)) return std::find(load->indices.begin(), load->indices.end(), ir::Expr(axis)) != load->indices.end();
  if (const ir::Cast* cast = ir::as<ir::Cast>(e)) return vanishes(cast->value, axis);
  if (const ir::Select* select = ir::as<ir::Select>(e)) return both(select->true_value, select->false_value);
  if (const ir::Call* call = ir::as<ir::Call>(e); call && call->op == "if_then_else") return both(call->args[1], call->args[2]);
  if (ir::is_zero(e)) return true;
  const ir::Binary* binary = ir::as<ir::Binary>(e);
  if (!binary) return false;
  switch (binary->kind) {
    case ir::ExprKind::Mul: return vanishes(binary->a, axis) || vanishes(binary->b, axis);
    case ir::ExprKind::Add:
    case ir::ExprKind::Sub:
    case ir::ExprKind::Max:
    case ir::ExprKind::Min: return both(binary->a, binary->b);
    default: return false;
  }
}

// Adding what the padding contributes changes nothing: `C[...] = C[...] + term`, with a term that vanishes.
bool ignores_padding(const ir::Block& block, const ir::Var& axis) {
  const ir::BufferStore* store = ir::as<ir::BufferStore>(block.body);
  const ir::Binary* sum = store && store->value->kind == ir::ExprKind::Add ? ir::as<ir::Binary>(store->value) : nullptr;
  if (!sum) return false;
  const ir::Expr own = ir::make_load(store->buffer, store->indices);
  return (ir::structural_equal(sum->a, own) && vanishes(sum->b, axis)) || (ir::structural_equal(sum->b, own) && vanishes(sum->a, axis));
}

std::string problem_of_region(const ir::BufferRegion& region, const ir::Block& block, const ir::VarMap& extents, bool is_written) {
  const arith::Analyzer analyzer;
  for (size_t i = 0; i < region.region.size(); ++i) {
    const ir::Expr &index = region.region[i].min, &dim = region.buffer->shape[i];
    const auto axis = std::find_if(block.iter_vars.begin(), block.iter_vars.end(), [&](const ir::IterVar& v) { return v.var.get() == index.get(); });
    const bool is_axis = axis != block.iter_vars.end();
    const bool fills_dim = is_axis ? analyzer.can_prove_equal(axis->extent, dim) : ir::is_zero(index) && (!is_written || ir::is_one(dim));
    const bool matters = !is_axis || is_written || extents.contains(axis->var.get());
    if (matters && !fills_dim)
      return fmt::format("dimension {} of {} has {} elements, of which {} takes {}", i, region.buffer->name, script::print_expr(dim), script::print_expr(index),
                         is_axis ? script::print_expr(axis->extent) : "one");
  }
  return {};
}

std::string problem_of_axes(const Place& block, const ir::VarMap& extents) {
  const arith::Analyzer analyzer;
  const ir::BlockRealize& realize = block.realize();
  const std::vector<Place> loops = loops_above(block);
  for (size_t i = 0; i < realize.iter_values.size(); ++i) {
    const ir::IterVar& axis = realize.block.iter_vars[i];
    if (!extents.contains(axis.var.get())) continue;
    if (!ir::is_zero(axis.min)) return fmt::format("its axis {} starts at {}", axis.var->name, script::print_expr(axis.min));
    for (const Place& place : loops) {
      const ir::For& loop = place.loop();
      if (loop.loop_var.get() != realize.iter_values[i].get()) continue;
      if (!ir::is_zero(loop.min) || !analyzer.can_prove_equal(loop.extent, axis.extent))
        return fmt::format("its axis {} has {} values, of which the loop {} takes some", axis.var->name, script::print_expr(axis.extent), loop.loop_var->name);
    }
    if (axis.type != ir::IterType::Spatial && !ignores_padding(realize.block, axis.var))
      return fmt::format("its reduction over {} is not a sum of what is 0 where the padding is", axis.var->name);
  }
  return {};
}

std::string problem_of_neighbours(const Place& scope, const Place& block, const ir::VarMap& extents) {
  for (const Place& other : child_blocks(scope)) {
    if (other.block().id == block.block().id) continue;
    for (const Place& loop : loops_above(other))
      if (extents.contains(loop.loop().loop_var.get())) return fmt::format("{} runs in {} too, which gets longer", quoted(other), quoted(loop));
  }
  return {};
}

}  // namespace

std::optional<Diagnostic> padding_changes_result(const Place& scope, const Place& block, const ir::VarMap& extents) {
  const auto is_padded = [&](const ir::BufferRegion& region) {
    return std::any_of(region.region.begin(), region.region.end(), [&](const ir::Range& r) { return ir::as_var(r.min) && extents.contains(ir::as_var(r.min).get()); });
  };
  std::string problem = problem_of_axes(block, extents);
  if (problem.empty()) problem = problem_of_neighbours(scope, block, extents);
  for (const bool is_written : {false, true})
    for (const ir::BufferRegion& region : is_written ? block.block().writes : block.block().reads)
      if (problem.empty() && is_padded(region)) problem = problem_of_region(region, block.block(), extents, is_written);
  if (problem.empty()) return std::nullopt;
  return unsound_step(DiagnosticKind::PaddingChangesResult, fmt::format("padding {} with zeros would change the result: {}", quoted(block), problem), {label(block, "")});
}

}  // namespace loopglass::schedule
