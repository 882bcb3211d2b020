// sample_compute_location(block, decision): a loop below which the block can be computed, for compute_at. Changes nothing.
//
// Candidates, by their decision: -2 to inline the block, -1 to leave it where it is, else the number of a loop above its first consumer,
// from the outermost. Loops that run once, data-parallel loops below others and what stands below the last data-parallel loop are no
// candidates. A decision that is no candidate becomes the nearest candidate before it.
//
// Requires: RootBlock. (TVM: src/s_tir/schedule/primitive/sampling.cc, CollectComputeLocation in analysis/analysis.cc)
#include <algorithm>

#include "engine/ir/visitor.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/block_scope.h"
#include "engine/schedule/specs.h"
#include "engine/schedule/tile_sampling.h"

namespace loopglass::schedule {
namespace {

struct Candidate {
  int64_t decision;
  Argument location;   // a loop or a mark
};

// TVM's rules alone decide what is a candidate: our own checks stand in the way of the step itself.
bool can_inline(Context context, const BlockRef& block) {
  context.trust = true;
  const ArgumentList args{result(block)};
  return kComputeInline.apply(context, args).has_value();
}

bool can_compute_at(Context context, const BlockRef& block, const LoopRef& loop) {
  context.trust = true;
  const ArgumentList args{result(block), result(loop), {Value{true}}, {Value{int64_t{-1}}}};
  return kComputeAt.apply(context, args).has_value();
}

// The deepest loop or block above all of several blocks.
Place common_parent(const ir::Module& module, const std::vector<Place>& blocks) {
  std::optional<Place> place = parent(blocks.front());
  while (!std::all_of(blocks.begin(), blocks.end(), [&](const Place& block) { return is_below(block, *place); })) place = parent(*place);
  return at(module, ref(*place));
}

// No block below runs a reduction or another axis that is not spatial with the loop.
bool is_data_parallel(const Place& loop) {
  const ir::VarNode* var = loop.loop().loop_var.get();
  for (const Place& block : child_blocks(loop))
    for (size_t i = 0; i < block.realize().iter_values.size(); ++i)
      if (block.block().iter_vars[i].type != ir::IterType::Spatial && ir::uses_var(block.realize().iter_values[i], [&](const ir::VarNode* v) { return v == var; }))
        return false;
  return true;
}

void add_loops(std::vector<Candidate>& candidates, const Context& context, const BlockRef& block, const std::vector<Place>& loops) {
  std::vector<bool> parallel;
  for (const Place& loop : loops) parallel.push_back(is_data_parallel(loop));
  const size_t behind_last_parallel = std::find(parallel.rbegin(), parallel.rend(), true).base() - parallel.begin();
  bool seen_other = false;
  for (size_t i = 0; i < loops.size(); ++i) {
    if (ir::is_one(loops[i].loop().extent)) continue;
    if (parallel[i] ? seen_other : i >= behind_last_parallel) return;
    seen_other |= !parallel[i];
    const LoopRef loop = ref(loops[i].loop());
    if (can_compute_at(context, block, loop)) candidates.push_back({static_cast<int64_t>(i), result(loop)});
  }
}

Result<std::vector<Candidate>> candidates_of(const Context& context, const BlockRef& block) {
  const Place place = at(context.module, block);
  TRY_ASSIGN(const Place root, check_scope(context, place, false));
  std::vector<Candidate> candidates;
  if (can_inline(context, block)) candidates.push_back({-2, {LocationMark::Inline}});
  candidates.push_back({-1, {LocationMark::Root}});
  const BlockScope scope = make_block_scope(root);
  std::vector<Place> readers;
  for (const size_t reader : consumers(scope, scope.index_of(place))) readers.push_back(scope.blocks[reader]);
  if (readers.empty()) return candidates;
  const Place boundary = common_parent(context.module, readers);
  if (!boundary.is_loop()) return candidates;
  std::vector<Place> loops = loops_above(readers.front());
  while (loops.back().stmt() != boundary.stmt()) loops.pop_back();
  add_loops(candidates, context, block, loops);
  return candidates;
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  TRY_ASSIGN(const std::vector<Candidate> candidates, candidates_of(context, block_argument(args[0])));
  Candidate chosen{-1, {LocationMark::Root}};
  if (is_none(args[1])) {
    RandomEngine random = random_engine(context);
    chosen = candidates[draw_below(static_cast<int64_t>(candidates.size()), random)];
  } else {
    for (const Candidate& candidate : candidates)
      if (candidate.decision <= int_argument(args[1])) chosen = candidate;
  }
  return Rewrite{context.module, {std::move(chosen.location)}, {}, {}, {}, Value{chosen.decision}};
}

}  // namespace

const PrimitiveSpec kSampleComputeLocation = {
    .name = "sample_compute_location",
    .json_kind = "SampleComputeLocation",
    .summary = "Draws a loop below which a block can be computed.",
    .params = {{"block", ParamKind::Block, "the block to find a place for", {}, false},
               {.name = "decision", .kind = ParamKind::Int, .summary = "-2 to inline, -1 to leave it, else the number of a loop above its first reader", .default_value = Value{}, .is_attr = false, .is_decision = true}},
    .is_query = true,
    .apply = apply,
};

}  // namespace loopglass::schedule
