// rfactor(loop, factor_axis): a reduction becomes two. The first keeps one partial result for each iteration of the loop, in a new buffer
// with one dimension more; the second puts the partial results together.
//
// Before: for i, k_0, k_1 in T.grid(16, 4, 8): with T.sblock("B"): vk = k_0 * 8 + k_1 ... B[vi] = B[vi] + A[vi, vk]
// After rfactor(k_0, 0):
//   for i, k_0, k_1 in T.grid(16, 4, 8): with T.sblock("B_rf"): ... B_rf[vk_0, vi] = B_rf[vk_0, vi] + A[vi, vk_0 * 8 + vk_1]
//   for i, k_0 in T.grid(16, 4): with T.sblock("B"): vk_0 reduces ... B[vi] = B[vi] + B_rf[vk_0, vi]
//
// Requires: one block below the loop (NonSingleChildBlock), in a stage pipeline, a reduction block; a serial loop (NotSerialLoopKind) that
// no spatial axis runs with, no loop for both kinds of axes, the block first below its outermost loop (LoopProperty); a known reducer
// (RFactorNotApplicable, NoMatchedReducer); a dimension that there is (FactorAxisOutOfRange). Our own: unsound_factoring.
// Keeps: the block's identity and the remaining loops, in the second nest. (TVM: src/s_tir/schedule/primitive/reduction.cc)
#include <algorithm>

#include <fmt/format.h>

#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/block_scope.h"
#include "engine/schedule/loop_checks.h"
#include "engine/schedule/rfactor_soundness.h"
#include "engine/schedule/soundness.h"
#include "engine/schedule/specs.h"

namespace loopglass::schedule {
namespace {

// With the values of the translated text.
Error with(Error error, std::vector<std::pair<std::string, std::string>> values) {
  error.error().values = std::move(values);
  return error;
}

const char* const kOneBlock = "choose a loop that runs one block alone, or move the other blocks out first";

Result<void> check_serial(const Place& loop) {
  if (loop.loop().for_kind == ir::ForKind::Serial) return {};
  return with(fail(DiagnosticKind::NotSerialLoopKind, fmt::format("{} is not serial but {}", quoted(loop), to_string(loop.loop().for_kind)),
                   "factor the loop first, then change its kind", {label(loop, "")}),
              {{"loop", loop.loop().loop_var->name}});
}

Result<void> check_loops(const Factoring& f) {
  const auto refuse = [&](const Place& loop, std::string message, std::string help) {
    return with(fail(DiagnosticKind::LoopProperty, std::move(message), std::move(help), {label(loop, ""), label(f.block, "the reduction")}),
                {{"loop", loop.loop().loop_var->name}, {"block", f.block.block().name}});
  };
  if (const Place first = child_blocks(f.loops[0])[0]; first.block().id != f.block.block().id)
    return refuse(f.loops[0], fmt::format("{} is not the first block below {}: {} is", quoted(f.block), quoted(f.loops[0]), quoted(first)),
                  "the partial results are computed before that loop, so nothing below it may come before them");
  bool below_reduction = false;
  for (const Place& loop : f.loops) {
    const bool spatial = runs_axis(f.block.realize(), loop.loop().loop_var, ir::IterType::Spatial);
    const bool reduction = runs_axis(f.block.realize(), loop.loop().loop_var, ir::IterType::Reduction);
    if (spatial && reduction)
      return refuse(loop, fmt::format("both a spatial and a reduction axis of {} run with {}", quoted(f.block), quoted(loop)), "split the loop so that each part is of one kind");
    if (spatial && loop.stmt() == f.loop.stmt())
      return refuse(loop, fmt::format("a spatial axis of {} runs with {}: there is nothing to reduce over it", quoted(f.block), quoted(loop)), "choose a loop of a reduction axis");
    if (reduction && !below_reduction) TRY(only_block_below(loop, kOneBlock));
    if (!spatial && !reduction && below_reduction && !ir::is_one(loop.loop().extent))
      return refuse(loop, fmt::format("{} stands below a reduction loop, but no axis of {} runs with it", quoted(loop), quoted(f.block)), {});
    below_reduction |= reduction;
  }
  return {};
}

// The first block but the reduction below no other loops than the reduction's.
std::optional<Place> block_without_loop(const Factoring& f, const Place& at) {
  if (at.is_block()) return at.block().id == f.block.block().id ? std::nullopt : std::optional(at);
  if (at.is_loop() && !stands_in(f.block, at.stmt())) return std::nullopt;
  const ir::Children below = ir::children(at.stmt());
  for (size_t i = 0; i < below.size(); ++i)
    if (auto found = below[i] ? block_without_loop(f, at.below(static_cast<uint32_t>(i), below[i])) : std::nullopt) return found;
  return std::nullopt;
}

// TVM fails where it meets such a block.
Result<void> check_others_have_loops(const Factoring& f, const Place& scope) {
  if (const auto found = block_without_loop(f, scope.below(0, scope.block().body))) {
    const Place& other = *found;
    return with(fail(DiagnosticKind::LoopProperty, fmt::format("{} stands below no loop of its own, and TVM cannot factor {} beside it", quoted(other), quoted(f.block)),
                     "give it a loop with add_unit_loop", {label(other, "has no loop of its own"), label(f.block, "the reduction")}),
                {{"loop", f.loop.loop().loop_var->name}, {"block", f.block.block().name}});
  }
  return {};
}

// TVM lets these go, and ends at a program that does not know them.
Result<void> check_no_own_buffers(const Place& block) {
  if (block.block().alloc_buffers.empty() && block.block().match_buffers.empty()) return {};
  return with(fail(DiagnosticKind::RFactorNotApplicable, fmt::format("the reduction of {} cannot be factored: it has buffers of its own", quoted(block)),
                   "init and body have to be plain stores", {label(block, "allocates or names buffers")}),
              {{"block", block.block().name}});
}

Result<size_t> check_dimension(const Factoring& f, int64_t axis) {
  const int64_t rank = static_cast<int64_t>(f.body.updates[0].buffer->shape.size());
  if (axis >= -(rank + 1) && axis <= rank) return static_cast<size_t>(axis < 0 ? axis + rank + 1 : axis);
  return with(fail(DiagnosticKind::FactorAxisOutOfRange,
                   fmt::format("factor_axis {} is no place for a new dimension among the {} of {}", axis, rank, f.body.updates[0].buffer->name),
                   fmt::format("give a number from 0 (first) to {} (last), or from -1 (last) to {} (first)", rank, -(rank + 1)), {label(f.block, "writes it")}),
              {{"axis", std::to_string(axis)}, {"rank", std::to_string(rank)}, {"limit", std::to_string(rank + 1)}});
}

// The block of partial results in loops of its own, one for each that there was.
ir::Stmt partial_nest(const Factoring& f, ir::BlockRealize realize, Forwarding& forwarding) {
  ir::VarMap renamed;
  std::vector<ir::For> loops;
  loops.reserve(f.loops.size());
  forwarding.moved.reserve(f.loops.size());
  for (const Place& place : f.loops) {
    ir::For loop = place.loop();
    loop.loop_var = ir::make_var(loop.loop_var->name, loop.loop_var->dtype);
    loop.min = ir::substitute(loop.min, renamed);
    loop.extent = ir::substitute(loop.extent, renamed);
    renamed[place.loop().loop_var.get()] = loop.loop_var;
    forwarding.moved.emplace_back(ref(place.loop()), ref(loop));
    loops.push_back(std::move(loop));
  }
  for (ir::Expr& value : realize.iter_values) value = ir::substitute(value, renamed);
  realize.predicate = ir::substitute(realize.predicate, renamed);
  ir::Stmt nest = ir::make_stmt(std::move(realize));
  for (size_t i = loops.size(); i-- > 0;) {
    loops[i].body = std::move(nest);
    nest = ir::make_stmt(std::move(loops[i]));
  }
  return nest;
}

// What stands below the outermost loop, with the second block in the reduction's place and without the loops that only it needed.
class WriteBack : public ir::Rewriter {
 public:
  WriteBack(const Factoring& f, ir::Stmt block) : f_(f), block_(std::move(block)) {}
  using Rewriter::rewrite;
  ir::Stmt rewrite(const ir::Stmt& s) override {
    if (s == f_.block.stmt()) return block_;
    const bool on_the_way = std::any_of(f_.loops.begin(), f_.loops.end(), [&](const Place& p) { return p.stmt() == s; });
    const ir::For* loop = ir::as<ir::For>(s);
    if (loop && on_the_way && s != f_.loop.stmt() && runs_axis(f_.block.realize(), loop->loop_var, ir::IterType::Reduction)) return rewrite(loop->body);
    return loop && !on_the_way ? s : Rewriter::rewrite(s);
  }

 private:
  const Factoring& f_;
  const ir::Stmt block_;
};

// Selections move to the first nest only where their loop is gone.
void forget_kept_loops(const Factoring& f, Forwarding& forwarding) {
  std::erase_if(forwarding.moved, [&](const auto& move) {
    const ir::Var& var = std::get<LoopRef>(move.first).var;
    return var == f.loop.loop().loop_var || !runs_axis(f.block.realize(), var, ir::IterType::Reduction);
  });
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  Factoring f;
  f.loop = at(context.module, loop_argument(args[0]));
  TRY_ASSIGN(f.block, only_block_below(f.loop, kOneBlock));
  f.loops = loops_above(f.block);
  TRY_ASSIGN(const Place scope, check_scope(context, f.block, true));
  if (context.enable_check) TRY(check_reduction_block(f.block, &context));
  TRY(check_serial(f.loop));
  if (context.enable_check) TRY(check_loops(f));
  TRY_ASSIGN(f.body, reduction_body(f.block));
  TRY(check_no_own_buffers(f.block));
  TRY_ASSIGN(f.dimension, check_dimension(f, int_argument(args[1])));
  TRY(check_others_have_loops(f, scope));

  FactoredBlocks blocks = factored_blocks(f);
  const BlockRef partial = ref(blocks.partial), write_back = ref(blocks.write_back);
  Forwarding forwarding;
  const ir::Stmt first = partial_nest(f, std::move(blocks.partial), forwarding);
  forget_kept_loops(f, forwarding);
  const ir::Stmt& outermost = f.loops[0].stmt();
  const ir::Stmt second = WriteBack(f, ir::make_stmt(std::move(blocks.write_back))).rewrite(outermost);
  ir::BlockRealize grown = scope.realize();
  grown.block.body = ir::replace_stmts(grown.block.body, {{outermost.get(), ir::make_seq({first, second})}});
  grown.block.alloc_buffers.insert(grown.block.alloc_buffers.end(), blocks.partials.begin(), blocks.partials.end());
  Rewrite rewrite{replace(context.module, scope, ir::make_stmt(std::move(grown))), {result(partial)}, std::move(forwarding), {}};
  for (const BlockRef& made : {partial, write_back}) rewrite.judged_again.push_back({made, JudgedAgain::Assumed});
  TRY(refuse_or_warn(context, unsound_factoring(f, blocks.partials), rewrite.warnings));
  return rewrite;
}

}  // namespace

const PrimitiveSpec kRFactor = {
    .name = "rfactor",
    .json_kind = "RFactor",
    .summary = "Splits a reduction in two: partial results for each iteration of a loop, and their combination.",
    .params = {{"loop", ParamKind::Loop, "the loop to get a partial result for each iteration of", {}, false},
               {"factor_axis", ParamKind::Int, "where the new dimension goes among those of the result: 0 first, -1 last", {}, true}},
    .apply = apply,
};

}  // namespace loopglass::schedule
