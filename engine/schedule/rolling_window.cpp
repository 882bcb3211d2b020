// (TVM: src/s_tir/schedule/primitive/rolling_buffer.cc, RollingBufferInfoCollector)
#include "engine/schedule/rolling_window.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/int_set.h"
#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/schedule/soundness.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

// How a bound moves: one loop variable, times a stride, perhaps divided (a fractional stride).
struct Motion {
  ir::Var loop;   // null: the bound is a constant
  int64_t stride = 0;
};

const ir::Binary* binary(const ir::Expr& e, ir::ExprKind kind) { return e->kind == kind ? ir::as<ir::Binary>(e) : nullptr; }

std::optional<Motion> motion_of(const ir::Expr& bound) {
  if (const ir::Var loop = ir::as_var(bound)) return Motion{loop, 1};
  if (ir::as_int(bound)) return Motion{};
  if (const ir::Binary* product = binary(bound, ir::ExprKind::Mul)) {
    const ir::Var loop = ir::as_var(product->a);
    const auto stride = ir::as_int(product->b);
    return loop && stride ? std::optional(Motion{loop, *stride}) : std::nullopt;
  }
  const ir::Binary* quotient = binary(bound, ir::ExprKind::FloorDiv);
  const ir::Binary* product = quotient ? binary(quotient->a, ir::ExprKind::Mul) : nullptr;
  const auto divisor = product ? ir::as_int(quotient->b) : std::nullopt;
  if (!divisor || *divisor <= 0) return std::nullopt;
  std::optional<Motion> whole = motion_of(quotient->a);
  if (whole && whole->loop) whole->stride = (whole->stride + *divisor - 1) / *divisor;
  return whole;
}

std::vector<ir::Range> window_region(const Place& block, const ir::BufferRegion& written, const Place& loop) {
  ir::VarMap bindings;
  for (size_t i = 0; i < block.realize().iter_values.size(); ++i) bindings[block.block().iter_vars[i].var.get()] = block.realize().iter_values[i];
  arith::IntSetMap domains;
  for (const Place& inner : loops_above(block))
    if (inner.depth() > loop.depth()) domains[inner.loop().loop_var.get()] = arith::IntSet::from_range({inner.loop().min, inner.loop().extent});
  const std::vector<arith::IntSet> sets = arith::eval_set(ir::substitute(written, bindings).region, domains);
  std::vector<ir::Range> region;
  for (size_t i = 0; i < sets.size(); ++i) {
    const ir::Expr& dim = written.buffer->shape[i];
    region.push_back(arith::cover_range(sets[i], {ir::make_int(0, dim->dtype), dim}));
  }
  return region;
}

}  // namespace

Result<RollingWindow> rolling_window(const Place& block, const ir::BufferRegion& written, const Place& loop) {
  const std::vector<ir::Range> region = window_region(block, written, loop);
  const auto refuse = [&](std::string why) {
    return fail(DiagnosticKind::NoRollingAxis,
                fmt::format("{} writes {} in an iteration of {}, which does not roll: {}", quoted(block), script::print_region({written.buffer, region}), quoted(loop), why),
                "a dimension rolls where it is `i * stride : i * stride + extent` with a loop i above and an extent larger than the stride",
                {label(block, ""), label(loop, "the loop")});
  };
  RollingWindow window;
  for (size_t i = 0; i < region.size(); ++i) {
    const auto motion = motion_of(region[i].min);
    if (!motion) return refuse(fmt::format("{} (dimension {}) is no loop variable times a stride", script::print_expr(region[i].min), i));
    window.dimensions.emplace_back();
    if (!motion->loop) continue;
    const auto extent = ir::as_int(region[i].extent);
    if (!extent) return refuse(fmt::format("the extent {} (dimension {}) is not known", script::print_expr(region[i].extent), i));
    if (*extent > motion->stride) window.dimensions.back() = {motion->loop, *extent - motion->stride};
  }
  for (const Place& outer : loops_above(block)) {
    const auto rolls = [&](const RollingWindow::Dimension& d) { return d.loop == outer.loop().loop_var; };
    const auto found = std::find_if(window.dimensions.begin(), window.dimensions.end(), rolls);
    if (found == window.dimensions.end()) continue;
    window.dimension = static_cast<size_t>(found - window.dimensions.begin());
    window.extent = region[window.dimension].extent;
    return window;
  }
  return refuse("no tile overlaps the next one");
}

ir::Expr RollingWindow::skip_known(const ir::BlockRealize& realize) const {
  ir::Expr condition = realize.predicate;
  for (size_t i = 0; i < dimensions.size() && i < realize.iter_values.size(); ++i) {
    const ir::Var& loop = dimensions[i].loop;
    if (!loop) continue;
    const ir::Expr zero = ir::make_int(0, loop->dtype);
    const ir::Expr within = arith::eval_set(realize.iter_values[i], {{loop.get(), arith::IntSet::interval(zero, zero)}}).min;
    const ir::Expr is_first = ir::lt(loop, ir::make_int(1, loop->dtype)), is_new = ir::ge(within, ir::make_int(dimensions[i].overlap, within->dtype));
    condition = arith::Analyzer().simplify(ir::logical_and(condition, ir::logical_or(is_first, is_new)));
  }
  return condition;
}

namespace {

std::string problem_of_loops(const Place& block, const RollingWindow& window) {
  for (const Place& place : loops_above(block)) {
    const ir::For& loop = place.loop();
    if (std::none_of(window.dimensions.begin(), window.dimensions.end(), [&](const auto& d) { return d.loop == loop.loop_var; })) continue;
    if (!ir::is_zero(loop.min)) return fmt::format("{} starts at {}, where no window was before", quoted(place), script::print_expr(loop.min));
    const bool in_order = loop.for_kind == ir::ForKind::Serial || loop.for_kind == ir::ForKind::Unrolled;
    if (!in_order) return fmt::format("{} does not run in order ({})", quoted(place), ir::to_string(loop.for_kind));
  }
  return {};
}

std::string problem_of_axes(const Place& block, const ir::Buffer& buffer, const RollingWindow& window) {
  for (const ir::BufferRegion& write : block.block().writes)
    for (size_t i = 0; write.buffer == buffer && i < write.region.size(); ++i) {
      const bool is_axis = i < block.block().iter_vars.size() && write.region[i].min == block.block().iter_vars[i].var && ir::is_one(write.region[i].extent);
      if (window.dimensions[i].loop && !is_axis) return fmt::format("dimension {} of {} is not the axis {} of {}", i, buffer->name, i, quoted(block));
    }
  return {};
}

}  // namespace

std::optional<Diagnostic> loses_elements(const BlockScope& scope, const Place& block, const ir::Buffer& buffer, const RollingWindow& window) {
  const size_t self = scope.index_of(block);
  std::string problem = problem_of_loops(block, window);
  if (problem.empty()) problem = problem_of_axes(block, buffer, window);
  for (size_t reader : consumers(scope, self))
    if (problem.empty() && !covers_regions(scope, *scope_of(block), reader)) problem = fmt::format("{} may read more than a window", quoted(scope.blocks[reader]));
  if (problem.empty()) return std::nullopt;
  return unsound_step(DiagnosticKind::RollingLosesElements, fmt::format("a window of {} does not hold all that is read: {}", buffer->name, problem), {label(block, "")});
}

}  // namespace loopglass::schedule
