// loop_partition(loop, factors): a loop becomes several that run one after the other, each in a block of its own.
//
// Before: for i, j in T.grid(60, 32): with T.sblock("C"): ...
// After loop_partition(i, [20, None]):
//   with T.sblock("C_i_common"):
//     with T.sblock("C_i0_partition"): for i0, j in T.grid(20, 32): with T.sblock("C_i0"): ...
//     with T.sblock("C_i1_partition"): for i1 in range(20, 60): for j in range(32): with T.sblock("C_i1"): ...
//
// Factors are lengths; what they leave is the last part, or that of None. Blocks and loops below are new ones.
// Requires: SymbolicShape; NotSingleInferFactor; NonPositiveFactor; WrongFactorSum (less than the extent); HasAnnotationOrThreadBinding;
// LoopsNotAChain (one block below, perfectly nested); BlockProperty. Our own: LostIterations, for a loop that does not start with 0, whose parts TVM
// counts from 0; RepeatedReduction, for a reduction that would start anew in every part.
// Keeps: the order of execution. (TVM: src/s_tir/schedule/primitive/loop_transformation.cc)
#include <fmt/format.h>

#include "engine/ir/op.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/loop_checks.h"
#include "engine/schedule/partition_copy.h"
#include "engine/schedule/soundness.h"
#include "engine/schedule/specs.h"

namespace loopglass::schedule {
namespace {

using Factors = std::vector<std::optional<int64_t>>;

// The ends of the parts, counted from 0. Requires: a constant extent.
Result<std::vector<int64_t>> part_ends(const Place& loop, int64_t extent, const Factors& factors) {
  TRY(check_factor_list(loop, factors));
  int64_t sum = 0;
  bool infers = false;
  for (const auto& factor : factors) {
    infers |= !factor;
    if (factor && __builtin_add_overflow(sum, *factor, &sum)) sum = INT64_MAX;
  }
  if (sum >= extent)
    return fail(DiagnosticKind::WrongFactorSum, fmt::format("the parts add up to {}, and {} has {} iterations: nothing is left for the last part", sum, quoted(loop), extent),
                fmt::format("choose parts whose sum is less than {}", extent), {label(loop, bounds_text(loop.loop()))});
  std::vector<int64_t> ends;
  int64_t end = 0;
  for (const auto& factor : factors) ends.push_back(end += factor.value_or(extent - sum));
  if (!infers) ends.push_back(extent);
  if (ends.size() < 2)
    return fail(DiagnosticKind::BadArgument, fmt::format("one part is no partition of {}", quoted(loop)), "give the length of at least one part: [4, None]",
                {label(loop, bounds_text(loop.loop()))});
  return ends;
}

// The one block below the loop, loops alone between.
Result<Place> only_block(const Place& loop) {
  std::optional<Place> below = only_child(loop);
  while (below && below->is_loop()) below = only_child(*below);
  if (below) return *std::move(below);
  return fail(DiagnosticKind::LoopsNotAChain, fmt::format("{} cannot be partitioned: it holds more than one nest with one block", quoted(loop)),
              "partition a loop that holds one block; compute_at and reverse_compute_at move others out", {label(loop, "holds several statements")});
}

std::optional<Diagnostic> lost_iterations(const Place& loop, const std::vector<int64_t>& ends) {
  const int64_t begin = *ir::as_int(loop.loop().min);
  if (begin == 0) return std::nullopt;
  return unsound_step(DiagnosticKind::LostIterations,
                      fmt::format("loop_partition counts the parts of {} from 0, and it starts with {}: of [{}, {}) only [{}, {}) would run", quoted(loop), begin,
                                  begin, begin + ends.back(), begin, ends.back()),
                      {label(loop, bounds_text(loop.loop()))});
}

std::optional<Diagnostic> repeated_reduction(const Place& loop) {
  for (const Place& block : all_blocks_below(loop)) {
    const ir::BlockRealize& realize = block.realize();
    if (!realize.block.init) continue;
    for (size_t i = 0; i < realize.iter_values.size(); ++i)
      if (realize.iter_values[i] == loop.loop().loop_var && realize.block.iter_vars[i].type == ir::IterType::Reduction)
        return unsound_step(DiagnosticKind::RepeatedReduction,
                            fmt::format("loop_partition would let {} start anew in every part of {}: the init runs where {} is at the start of its domain", quoted(block),
                                        quoted(loop), realize.block.iter_vars[i].var->name),
                            {label(loop, "a loop of the reduction"), label(block, "has an init")});
  }
  return std::nullopt;
}

ir::Stmt opaque_block(std::string name, ir::Stmt body) {
  ir::BlockRealize realize;
  realize.predicate = ir::make_bool(true);
  realize.block.id = ir::make_block_id();
  realize.block.name = std::move(name);
  realize.block.body = std::move(body);
  return ir::make_stmt(std::move(realize));
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place place = at(context.module, loop_argument(args[0]));
  const ir::For& loop = place.loop();
  const auto extent = ir::as_int(loop.extent);
  if (!extent || !ir::as_int(loop.min))
    return fail(DiagnosticKind::SymbolicShape, fmt::format("{} cannot be partitioned: its bounds are not known", quoted(place)), "only loops of constant bounds have parts",
                {label(place, bounds_text(loop))});
  TRY_ASSIGN(const std::vector<int64_t> ends, part_ends(place, *extent, factors_argument(args[1])));
  TRY(check_plain_loop(place, "partitioned"));
  TRY_ASSIGN(const Place block, only_block(place));
  std::vector<Diagnostic> warnings;
  TRY(refuse_or_warn(context, dropped_step(place, "loop_partition"), warnings));
  TRY(refuse_or_warn(context, lost_iterations(place, ends), warnings));
  TRY(refuse_or_warn(context, repeated_reduction(place), warnings));

  const std::string name = fmt::format("{}_{}", block.block().name, loop.loop_var->name);
  const ir::DataType type = loop.loop_var->dtype;
  std::vector<ir::Stmt> parts;
  std::vector<LoopRef> results;
  ir::Expr begin = loop.min;
  for (size_t i = 0; i < ends.size(); ++i) {
    const ir::Expr end = ir::make_int(ends[i], type);
    const ir::Var var = ir::make_var(fmt::format("{}{}", loop.loop_var->name, i), type);
    TRY_ASSIGN(ir::Stmt body, partition_copy(place, var, begin, end));
    parts.push_back(opaque_block(fmt::format("{}{}_partition", name, i), ir::make_for(var, begin, ir::sub(end, begin), ir::ForKind::Serial, std::move(body))));
    results.push_back({var});
    begin = end;
  }
  Rewrite rewrite{replace(context.module, place, opaque_block(name + "_common", ir::make_seq(std::move(parts)))), {result_list(results)}, {}, std::move(warnings)};
  rewrite.forwarding.moved.push_back({ref(loop), results.front()});
  rewrite.judged_again.push_back({std::get<BlockRef>(ref(*scope_of(place))), JudgedAgain::Scope});
  return rewrite;
}

}  // namespace

const PrimitiveSpec kLoopPartition = {
    .name = "loop_partition",
    .json_kind = "LoopPartition",
    .summary = "Cuts a loop into parts that run one after the other.",
    .params = {{"loop", ParamKind::Loop, "the loop to cut", {}, false},
               {"factors", ParamKind::Factors, "the lengths of the parts; what is left is one more part, or that of None", {}, false},
               {.name = "preserve_unit_iters", .kind = ParamKind::Bool, .summary = "taken and kept in the trace; it changes nothing", .default_value = Value{true}, .is_attr = true, .json_int = true}},
    .apply = apply,
    .gives_list = true,
};

}  // namespace loopglass::schedule
