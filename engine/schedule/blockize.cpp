// blockize(loop) or blockize([blocks]): what stands below a loop becomes one block with axes of its own; the old axes are divided.
//
// Before: for i_0, j_0, i_1, j_1 in T.grid(4, 4, 16, 16):      After blockize(i_1):
//             with T.sblock("B"):                              for i_0, j_0 in T.grid(4, 4):
//                 vi = T.axis.spatial(64, i_0 * 16 + i_1)          with T.sblock("B_o"):
//                 vj = T.axis.spatial(64, j_0 * 16 + j_1)              vi_o, vj_o = T.axis.remap("SS", [i_0, j_0])
//                 B[vi, vj] = A[vi, vj]                                for i_1, j_1 in T.grid(16, 16):
//                                                                          with T.sblock("B"):
//                                                                              vi_i, vj_i = T.axis.remap("SS", [i_1, j_1])
//                                                                              B[vi_o * 16 + vi_i, ...] = A[...]
// A reduction's init becomes the new block's init, in loops of its own: block B_init with axes vi_i_init.
//
// Requires: NonSingleChildBlock, SubspaceNotDivisible; of a list see blockize_blocks.cpp. Keeps: the block's identity, the loops.
// What TVM loses (LostStatements, LostOffset) is refused without trust.
// (TVM: src/s_tir/schedule/primitive/blockize_tensorize.cc)
#include "engine/schedule/blockize.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/analyzer.h"
#include "engine/ir/op.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/dropped_loops.h"
#include "engine/schedule/loop_checks.h"
#include "engine/schedule/made_block.h"
#include "engine/schedule/soundness.h"
#include "engine/schedule/specs.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

// The init of the new block: a block of its own, in those of the inner loops that its axes run with.
ir::Stmt outer_init(const ir::Block& inner, const ir::Expr& inner_predicate, const std::vector<ir::Expr>& values, const ir::Stmt& init,
                    std::span<const Place> loops) {
  ir::BlockRealize realize;
  realize.block.id = ir::make_block_id();
  realize.block.name = inner.name + "_init";
  realize.block.writes = inner.writes;
  realize.block.body = init;
  ir::VarMap renamed;
  for (size_t i = 0; i < inner.iter_vars.size(); ++i) {
    ir::IterVar axis = inner.iter_vars[i];
    if (axis.type != ir::IterType::Spatial || !ir::uses_var(init, axis.var)) continue;
    const ir::Var fresh = ir::make_var(axis.var->name + "_init", axis.var->dtype);
    renamed[axis.var.get()] = fresh;
    axis.var = fresh;
    realize.block.iter_vars.push_back(std::move(axis));
    realize.iter_values.push_back(values[i]);
  }
  std::vector<const ir::For*> chosen;   // innermost first
  std::vector<ir::Var> dropped;
  for (size_t i = loops.size(); i-- > 0;) {
    const ir::For& loop = loops[i].loop();
    const auto& needs = realize.iter_values;
    if (std::any_of(needs.begin(), needs.end(), [&](const ir::Expr& e) { return ir::uses_var(e, loop.loop_var); }))
      chosen.push_back(&loop);
    else
      dropped.push_back(loop.loop_var);
  }
  realize.predicate = remaining_predicate(inner_predicate, dropped);   // (TVM leaves the dropped loops' variables in it.)
  ir::Stmt nest = ir::make_stmt(std::move(realize));
  for (const ir::For* old : chosen) {
    ir::For loop = *old;
    loop.loop_var = ir::make_var(old->loop_var->name, old->loop_var->dtype);
    renamed[old->loop_var.get()] = loop.loop_var;
    loop.body = std::move(nest);
    nest = ir::make_stmt(std::move(loop));
  }
  return ir::substitute(nest, renamed);
}

}  // namespace

std::vector<Diagnostic> lost_parts(const Place& block, size_t first, const DividedAxes& axes) {
  std::vector<Diagnostic> lost;
  size_t depth = block.depth();
  for (const ir::Stmt& s : block.above()) {
    if (depth-- == first) break;
    if (ir::as<ir::For>(s)) continue;
    lost.push_back(unsound_step(DiagnosticKind::LostStatements,
                                fmt::format("blockize would drop what stands between the loops and {}: a condition or further statements", quoted(block)),
                                {label(block, "the block")}));
    break;
  }
  for (const std::string& offset : axes.lost_offsets) {
    lost.push_back(unsound_step(DiagnosticKind::LostOffset,
                                fmt::format("the new block's axis would leave out an offset: {} of {} runs over the loops alone", offset, quoted(block)),
                                {label(block, "touches other elements")}));
    lost.back().values.push_back({"offset", offset});
  }
  for (Diagnostic& d : lost) d.values.push_back({"block", block.block().name});
  return lost;
}

Result<void> check_trusted(const Context& context, const std::vector<Diagnostic>& unsound) {
  if (context.trust || unsound.empty()) return {};
  return Error(unsound.front());
}

Result<Blockized> blockize_loop(const Place& loop, bool preserve_unit_iters) {
  TRY_ASSIGN(const Place block, only_block_below(loop, "choose a loop around one block alone, or give blockize the list of blocks"));
  const std::vector<Place> loops = loops_above(block);
  const size_t first = std::find_if(loops.begin(), loops.end(), [&](const Place& p) { return p.stmt() == loop.stmt(); }) - loops.begin();
  TRY_ASSIGN(DividedAxes axes, divide_axes(block, loops, first, preserve_unit_iters, nullptr));

  arith::Analyzer analyzer;
  arith::IntSetMap domains;
  for (const ir::IterVar& axis : axes.inner) {
    domains.emplace(axis.var.get(), arith::IntSet::from_min_extent(axis.min, axis.extent));
    analyzer.bind(axis.var, {axis.min, axis.extent});
  }
  ir::BlockRealize inner;
  inner.block = substitute_axes(block.block(), axes.substitution, analyzer);
  Blockized result{{}, lost_parts(block, loop.depth() + 1, axes)};
  ir::BlockRealize& outer = result.realize;
  outer.iter_values = std::move(axes.outer_values);
  outer.predicate = axes.outer_predicate;
  outer.block.id = ir::make_block_id();
  outer.block.name = inner.block.name + "_o";
  outer.block.iter_vars = std::move(axes.outer);
  outer.block.reads = relaxed_regions(inner.block.reads, domains);
  outer.block.writes = relaxed_regions(inner.block.writes, domains);

  inner.iter_values = axes.inner_values;
  inner.predicate = axes.inner_predicate;
  inner.block.iter_vars = std::move(axes.inner);
  const std::span<const Place> inside = std::span(loops).subspan(first);
  if (const ir::Stmt init = std::exchange(inner.block.init, nullptr)) {
    outer.block.init = outer_init(inner.block, inner.predicate, inner.iter_values, init, inside);
    const auto& axes_outside = outer.block.iter_vars;
    // The new block's init runs once for all steps: what is left inside reads what it adds to.
    if (std::any_of(axes_outside.begin(), axes_outside.end(), [](const ir::IterVar& v) { return v.type == ir::IterType::Reduction; }))
      inner.block.reads.insert(inner.block.reads.begin(), inner.block.writes.begin(), inner.block.writes.end());
  }
  outer.block.body = wrap_in_loops(ir::make_stmt(std::move(inner)), inside);
  return result;
}

namespace {

int comparisons(const ir::Stmt& s) {
  int count = 0;
  ir::for_each_expr(s, [&](const ir::Expr& e) { count += ir::is_comparison(e->kind); });
  return count;
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const bool preserve_unit_iters = bool_argument(args[1]);
  if (!std::holds_alternative<NodeRef>(args[0].v)) return blockize_blocks(context, blocks_argument(args[0]), preserve_unit_iters);
  const Place loop = at(context.module, loop_argument(args[0]));
  TRY_ASSIGN(Blockized blockized, blockize_loop(loop, preserve_unit_iters));
  TRY(check_trusted(context, blockized.unsound));
  const BlockRef outer = ref(blockized.realize);
  Rewrite rewrite{replace(context.module, loop, ir::make_stmt(std::move(blockized.realize))), {result(outer)}, {}, std::move(blockized.unsound),
                  {{std::get<BlockRef>(ref(*scope_of(loop))), JudgedAgain::Scope}}};
  // TVM lets the inner axes count from 0, also where their loops do not, and simplifies conditions by that.
  const Place made = at(rewrite.module, outer);
  if (comparisons(made.stmt()) < comparisons(loop.stmt()))
    for (const Place& inner : child_blocks(made))
      TRY(refuse_or_warn(context, outside_domain(rewrite.module, ref(inner.realize()), "blockize"), rewrite.warnings));
  return rewrite;
}

}  // namespace

const PrimitiveSpec kBlockize = {
    .name = "blockize",
    .json_kind = "Blockize",
    .summary = "Makes a block of what stands below a loop, or of several blocks.",
    .params = {{.name = "target", .kind = ParamKind::LoopOrBlocks, .summary = "the loop, or a list of blocks", .is_attr = false},
               {.name = "preserve_unit_iters", .kind = ParamKind::Bool, .summary = "keep axes of extent 1 in the new block's indices",
                .default_value = Value{true}, .is_attr = true, .json_int = true}},
    .apply = apply,
};

}  // namespace loopglass::schedule
