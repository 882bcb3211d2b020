// parallel(loop), vectorize(loop), bind(loop, thread_axis), unroll(loop): how a loop's iterations are carried out.
//
// Requires (parallel, vectorize): the dataflow below the loop is compact (every block below is a complete or a reduction block), the loop
// feeds spatial axes only, and (our own check) no iteration needs what another one does (ReversedDependence). bind requires the same but the
// last, and the threads threadIdx.x, y and z may share a reduction; it has a meaning on a GPU alone and is recorded as in TVM. unroll has no
// condition. Changes: the loop's kind alone.
// (TVM: src/s_tir/schedule/primitive/for_kind.cc)
#include <fmt/format.h>

#include "engine/ir/visitor.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/block_scope.h"
#include "engine/schedule/dependence.h"
#include "engine/schedule/soundness.h"
#include "engine/schedule/specs.h"
#include "engine/schedule/tree.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

// A primitive and how its messages speak of it.
struct Kind {
  const char* primitive;    // "vectorize"
  const char* imperative;   // "vectorize a loop"
  const char* participle;   // "the loop cannot be vectorized"
  ir::ForKind for_kind;
  bool shares_reductions = false;
};
constexpr Kind kInParallel{"parallel", "parallelize", "run in parallel", ir::ForKind::Parallel};
constexpr Kind kInVectors{"vectorize", "vectorize", "vectorized", ir::ForKind::Vectorized};
constexpr Kind kOnThreads{"bind", "bind", "bound to these threads", ir::ForKind::ThreadBinding};

Result<void> check_feeds_spatial_axes(const Place& loop, const Place& block, const Kind& kind) {
  const ir::VarNode* var = loop.loop().loop_var.get();
  const ir::BlockRealize& realize = block.realize();
  for (size_t i = 0; i < realize.iter_values.size(); ++i) {
    const ir::IterVar& axis = realize.block.iter_vars[i];
    if (axis.type == ir::IterType::Spatial || (kind.shares_reductions && axis.type == ir::IterType::Reduction)) continue;
    if (!ir::uses_var(realize.iter_values[i], [&](const ir::VarNode* v) { return v == var; })) continue;
    const bool reduction = axis.type == ir::IterType::Reduction;
    return fail(DiagnosticKind::WrongBlockIterType,
                fmt::format("{} cannot be {}: the {} axis {} = {} of {} runs with it", quoted(loop), kind.participle,
                            reduction ? "reduction" : ir::to_string(axis.type), axis.var->name, script::print_expr(realize.iter_values[i]), quoted(block)),
                reduction ? fmt::format("all iterations of {} update the same elements; {} a loop of a spatial axis", var->name, kind.imperative)
                          : std::string("only loops of spatial axes have independent iterations"),
                {label(loop, bounds_text(loop.loop())), label(block, fmt::format("{} is no spatial axis", axis.var->name))});
  }
  return {};
}

// An update block that decompose_reduction has left: no init, it reads what it writes.
bool is_update_block(const ir::Block& block) {
  if (block.init) return false;
  for (const ir::BufferRegion& read : block.reads)
    for (const ir::BufferRegion& write : block.writes)
      if (read.buffer == write.buffer) return true;
  return false;
}

Result<void> check_dataflow(const Context& context, const Place& loop, const Kind& kind) {
  Result<void> compact = check_compact_dataflow(loop, &context);
  if (compact) return {};
  Diagnostic error = std::move(compact).error();
  add_carried_witness(error, loop);
  for (const Place& block : child_blocks(loop))
    if (is_update_block(block.block())) {
      error.help = fmt::format("{} is refused above the update block of a decomposed reduction: {} {} before decompose_reduction", kind.primitive,
                               kind.imperative, loop.loop().loop_var->name);
      error.values.push_back({"insert_before", "decompose_reduction"});
      break;
    }
  return Error(std::move(error));
}

Rewrite with_kind(const Context& context, const Place& place, ir::ForKind kind, std::string thread_tag = {}) {
  ir::For loop = place.loop();
  loop.for_kind = kind;
  loop.thread_tag = std::move(thread_tag);
  return {replace(context.module, place, ir::make_stmt(std::move(loop))), {}, {}, {}};
}

Result<Rewrite> run_together(const Context& context, const LoopRef& loop, const Kind& kind, std::string thread_tag = {}) {
  const Place place = at(context.module, loop);
  if (context.enable_check) TRY(check_dataflow(context, place, kind));
  for (const Place& block : all_blocks_below(place)) {
    Result<void> spatial = check_feeds_spatial_axes(place, block, kind);
    if (spatial) continue;
    add_carried_witness(spatial.error(), place);
    return Error(std::move(spatial).error());
  }
  Rewrite rewrite = with_kind(context, place, kind.for_kind, std::move(thread_tag));
  if (kind.for_kind != ir::ForKind::ThreadBinding) TRY(refuse_or_warn(context, dependent_iterations(place, kind.primitive), rewrite.warnings));
  return rewrite;
}

Result<Rewrite> parallel(const Context& context, std::span<const Argument> args) {
  return run_together(context, loop_argument(args[0]), kInParallel);
}

Result<Rewrite> vectorize(const Context& context, std::span<const Argument> args) {
  return run_together(context, loop_argument(args[0]), kInVectors);
}

// What TVM knows as a thread; the letter after the dot is not looked at there either.
bool is_thread_axis(std::string_view name) {
  return name.starts_with("threadIdx.") || name.starts_with("blockIdx.") || name.starts_with("vthread") || name == "cthread";
}

Result<Rewrite> bind(const Context& context, std::span<const Argument> args) {
  const std::string& thread = string_argument(args[1]);
  const Place loop = at(context.module, loop_argument(args[0]));
  if (!is_thread_axis(thread))
    return fail(DiagnosticKind::BadArgument, fmt::format("\"{}\" is no thread of a GPU", thread),
                "give threadIdx.x, blockIdx.x or vthread.x, or one of these with y or z", {label(loop, "")});
  Kind kind = kOnThreads;
  kind.shares_reductions = thread == "threadIdx.x" || thread == "threadIdx.y" || thread == "threadIdx.z";
  return run_together(context, loop_argument(args[0]), kind, thread);
}

Result<Rewrite> unroll(const Context& context, std::span<const Argument> args) {
  return with_kind(context, at(context.module, loop_argument(args[0])), ir::ForKind::Unrolled);
}

}  // namespace

const PrimitiveSpec kParallel = {
    .name = "parallel",
    .json_kind = "Parallel",
    .summary = "Runs a loop's iterations on several threads.",
    .params = {{"loop", ParamKind::Loop, "the loop to run in parallel", {}, false}},
    .apply = parallel,
};

const PrimitiveSpec kVectorize = {
    .name = "vectorize",
    .json_kind = "Vectorize",
    .summary = "Runs a loop's iterations as the lanes of vector instructions.",
    .params = {{"loop", ParamKind::Loop, "the loop to vectorize", {}, false}},
    .apply = vectorize,
};

const PrimitiveSpec kBind = {
    .name = "bind",
    .json_kind = "Bind",
    .summary = "Binds a loop to threads of a GPU. Recorded and printed; no meaning on a CPU.",
    .params = {{"loop", ParamKind::Loop, "the loop to bind", {}, false}, {"thread_axis", ParamKind::String, "the threads: \"threadIdx.x\", \"blockIdx.x\"", {}, true}},
    .apply = bind,
};

const PrimitiveSpec kUnroll = {
    .name = "unroll",
    .json_kind = "Unroll",
    .summary = "Writes a loop's iterations out one after the other.",
    .params = {{"loop", ParamKind::Loop, "the loop to unroll", {}, false}},
    .apply = unroll,
};

}  // namespace loopglass::schedule
