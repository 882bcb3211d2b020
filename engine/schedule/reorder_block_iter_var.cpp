// reorder_block_iter_var(block, new_order): a block's axes are listed in another order.
//
// Before: with T.sblock("C"): vi, vj, vk = T.axis.remap("SSR", [i, j, k])
// After reorder_block_iter_var(C, [2, 0, 1]): with T.sblock("C"): vk, vi, vj = T.axis.remap("RSS", [k, i, j])
//
// Requires: RootBlock; InvalidReorderIndex (each axis once). Keeps: what the block does and when.
// (TVM: src/s_tir/schedule/primitive/reorder_block_iter_var.cc)
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/schedule/arguments.h"
#include "engine/schedule/specs.h"
#include "engine/schedule/tree.h"

namespace loopglass::schedule {
namespace {

Result<void> check_order(const Place& block, const std::vector<int64_t>& order) {
  const auto& axes = block.block().iter_vars;
  std::vector<int64_t> sorted = order, all;
  std::sort(sorted.begin(), sorted.end());
  for (size_t i = 0; i < axes.size(); ++i) all.push_back(static_cast<int64_t>(i));
  if (sorted == all) return {};
  std::string names;
  for (size_t i = 0; i < axes.size(); ++i) names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", i, axes[i].var->name);
  return fail(DiagnosticKind::InvalidReorderIndex, fmt::format("[{}] is no order of the {} axes of {}", fmt::join(order, ", "), axes.size(), quoted(block)),
              names.empty() ? "it has no axes: give []" : fmt::format("give each of these once: {}", names), {label(block, "")});
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  const std::vector<int64_t> order = ints_argument(args[1]);
  TRY(check_order(block, order));
  if (!parent(block))
    return fail(DiagnosticKind::RootBlock, fmt::format("{} is the root block of {} and has no axes to reorder", quoted(block), block.function()),
                "choose a block below the root", {label(block, "")});
  ir::BlockRealize realize = block.realize();
  for (size_t i = 0; i < order.size(); ++i) {
    realize.block.iter_vars[i] = block.block().iter_vars[order[i]];
    realize.iter_values[i] = block.realize().iter_values[order[i]];
  }
  return Rewrite{.module = replace(context.module, block, ir::make_stmt(std::move(realize))), .same_accesses = true};
}

}  // namespace

const PrimitiveSpec kReorderBlockIterVar = {
    .name = "reorder_block_iter_var",
    .json_kind = "ReorderBlockIterVar",
    .summary = "Lists a block's axes in another order.",
    .params = {{"block", ParamKind::Block, "the block", {}, false},
               {"new_order", ParamKind::Ints, "the old places of the axes in their new order: [2, 0, 1] puts the third axis first", {}, false}},
    .apply = apply,
};

}  // namespace loopglass::schedule
