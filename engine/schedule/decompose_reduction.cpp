// decompose_reduction(block, loop): the block's init becomes a block of its own, in loops of its own, before the loop.
//
// Before: for i, k in T.grid(16, 8): with T.sblock("Y"): ... with T.init(): Y[vi] = 0; Y[vi] = Y[vi] + A[vi, vk]
// After decompose_reduction(Y, i):
//   for i_init in range(16): with T.sblock("Y_init"): Y[vi] = 0
//   for i, k in T.grid(16, 8): with T.sblock("Y_update"): Y[vi] = Y[vi] + A[vi, vk]
//
// Requires: the loop is above the block; the block is a reduction block; no loop above the given one feeds a reduction axis. Keeps: the
// block's identity (it is Y_update now), the loops' kinds and annotations, in the init's loops too.
// (TVM: src/s_tir/schedule/primitive/reduction.cc)
#include <algorithm>

#include <fmt/format.h>

#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/block_scope.h"
#include "engine/schedule/dropped_loops.h"
#include "engine/schedule/moved_block.h"
#include "engine/schedule/soundness.h"
#include "engine/schedule/specs.h"
#include "engine/schedule/tree.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

// The loop's index among the loops above the block.
Result<size_t> position(const Place& block, const Place& loop, const std::vector<Place>& loops) {
  for (size_t i = 0; i < loops.size(); ++i)
    if (loops[i].stmt() == loop.stmt()) return i;
  return fail(DiagnosticKind::LoopPosition, fmt::format("{} is not above {}", quoted(loop), quoted(block)),
              "choose one of the loops around the block, at or above its outermost reduction loop", {label(loop, "not above the block"), label(block, "")});
}

Result<void> check_height(const Place& block, const std::vector<Place>& loops, size_t target) {
  const ir::BlockRealize& realize = block.realize();
  for (size_t axis = 0; axis < realize.iter_values.size(); ++axis) {
    const ir::IterVar& iter = realize.block.iter_vars[axis];
    if (iter.type != ir::IterType::Reduction) continue;
    for (size_t i = 0; i < target; ++i) {
      if (!ir::uses_var(realize.iter_values[axis], loops[i].loop().loop_var)) continue;
      const std::string& outer = loops[i].loop().loop_var->name;
      return fail(DiagnosticKind::LoopHeight,
                  fmt::format("the init cannot stand before {}: the reduction axis {} = {} of {} runs with {}, which is outside it, so the init would be "
                              "repeated and wipe out partial results",
                              quoted(loops[target]), iter.var->name, script::print_expr(realize.iter_values[axis]), quoted(block), outer),
                  fmt::format("decompose at {} or a loop above it", outer),
                  {label(loops[target], "too low"), label(loops[i], "feeds a reduction axis"), label(block, "")});
    }
  }
  return {};
}

// The init block alone: the spatial axes, renewed, with their values.
ir::BlockRealize init_block(const ir::BlockRealize& realize) {
  ir::BlockRealize init;
  init.block.id = ir::make_block_id();
  init.block.name = realize.block.name + "_init";
  init.block.annotations = realize.block.annotations;
  ir::VarMap axes;
  for (size_t i = 0; i < realize.iter_values.size(); ++i) {
    ir::IterVar axis = realize.block.iter_vars[i];
    if (axis.type != ir::IterType::Spatial) continue;
    const ir::Var fresh = ir::make_var(axis.var->name, axis.var->dtype);
    axes[axis.var.get()] = fresh;
    axis.var = fresh;
    init.block.iter_vars.push_back(std::move(axis));
    init.iter_values.push_back(realize.iter_values[i]);
  }
  init.block.body = ir::substitute(realize.block.init, axes);
  for (const ir::BufferRegion& write : realize.block.writes) init.block.writes.push_back(ir::substitute(write, axes));
  return init;
}

// The init block in the loops that its axes need, from `target` down.
ir::Stmt init_nest(const ir::BlockRealize& realize, const std::vector<Place>& loops, size_t target) {
  ir::BlockRealize init = init_block(realize);
  std::vector<const ir::For*> chosen;   // innermost first
  std::vector<ir::Var> dropped;
  for (size_t i = loops.size(); i-- > target;) {
    const ir::For& loop = loops[i].loop();
    const bool needed = std::any_of(init.iter_values.begin(), init.iter_values.end(), [&](const ir::Expr& e) { return ir::uses_var(e, loop.loop_var); });
    if (needed)
      chosen.push_back(&loop);
    else
      dropped.push_back(loop.loop_var);
  }
  init.predicate = remaining_predicate(realize.predicate, dropped);
  ir::Stmt nest = ir::make_stmt(std::move(init));
  ir::VarMap renamed;
  for (const ir::For* old : chosen) {
    ir::For loop = *old;
    loop.loop_var = ir::make_var(old->loop_var->name + "_init", old->loop_var->dtype);
    renamed[old->loop_var.get()] = loop.loop_var;
    loop.body = std::move(nest);
    nest = ir::make_stmt(std::move(loop));
  }
  return ir::substitute(nest, renamed);
}

ir::Stmt update_block(const ir::BlockRealize& realize) {
  ir::BlockRealize update = realize;
  ir::Block& block = update.block;
  block.name += "_update";
  block.init = nullptr;
  std::vector<ir::BufferRegion> reads;
  for (const ir::BufferRegion& write : block.writes) {
    const bool is_read = std::any_of(block.reads.begin(), block.reads.end(), [&](const ir::BufferRegion& r) { return r.buffer == write.buffer; });
    if (!is_read) reads.push_back(write);
  }
  block.reads.insert(block.reads.begin(), reads.begin(), reads.end());
  return ir::make_stmt(std::move(update));
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  const Place loop = at(context.module, loop_argument(args[1]));
  const std::vector<Place> loops = loops_above(block);
  const Result<size_t> found = position(block, loop, loops);
  // Unchecked, TVM puts the init before any loop of the scope.
  const std::optional<Place> scope = scope_of(block);
  if (!found && (context.enable_check || !scope || !is_below(loop, *scope))) return Error(found.error());
  const size_t target = found.value_or(0);
  if (context.enable_check) {
    TRY(check_reduction_block(block, &context));
    TRY(check_height(block, loops, target));
  } else if (!block.block().init) {
    return fail(DiagnosticKind::NotReductionBlock, fmt::format("{} has no init to decompose", quoted(block)), {}, {label(block, "no init")});
  }
  std::vector<Diagnostic> warnings;
  TRY(refuse_or_warn(context, repeated_below(block, std::span(loops).subspan(target), "decompose_reduction"), warnings));
  const ir::BlockRealize& realize = block.realize();
  const ir::Stmt init = init_nest(realize, loops, target);
  const ir::Stmt* init_realize = &init;
  while (const ir::For* f = ir::as<ir::For>(*init_realize)) init_realize = &f->body;
  const BlockRef init_ref = ref(ir::get<ir::BlockRealize>(*init_realize));
  const ir::Module updated = replace(context.module, block, update_block(realize));
  const Place before = at(updated, ref(loop));
  Rewrite rewrite{replace(updated, before, ir::make_seq({init, before.stmt()})), {result(init_ref)}, {}, std::move(warnings)};
  rewrite.judged_again.push_back({std::get<BlockRef>(ref(*scope)), JudgedAgain::Below});
  return rewrite;
}

}  // namespace

const PrimitiveSpec kDecomposeReduction = {
    .name = "decompose_reduction",
    .json_kind = "DecomposeReduction",
    .summary = "Makes a reduction's init a block of its own, before a loop.",
    .params = {{"block", ParamKind::Block, "the reduction block", {}, false},
               {"loop", ParamKind::Loop, "the loop before which the init block goes", {}, false}},
    .apply = apply,
    .gesture = Gesture::BlockInsideLoop,
};

}  // namespace loopglass::schedule
