// Schedule::name_node: a random variable for what a person points at, by the queries that TVM would take.
#include <fmt/format.h>

#include "engine/schedule/specs.h"
#include "engine/schedule/schedule.h"
#include "engine/schedule/tree.h"
#include "engine/support/check.h"

namespace loopglass::schedule {
namespace {

bool same_node(const NodeRef& a, const NodeRef& b) {
  if (a.index() != b.index()) return false;
  if (const LoopRef* loop = std::get_if<LoopRef>(&a)) return loop->var == std::get<LoopRef>(b).var;
  return std::get<BlockRef>(a).id == std::get<BlockRef>(b).id;
}

// A block below the loop that get_sblock can name.
std::optional<Place> nameable_block(const ir::Module& module, const Place& loop) {
  const auto root = place_at(module, {loop.function(), {}});
  for (const Place& block : child_blocks(loop)) {
    int same_name = 0;
    for (const Place& other : all_blocks_below(*root)) same_name += other.block().name == block.block().name;
    if (same_name == 1) return block;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Value> Schedule::live_rv(const NodeRef& ref) const {
  // The newest, as a person reading the trace would take it.
  for (auto it = nodes_.rbegin(); it != nodes_.rend(); ++it) {
    if (it->second.gone_at >= 0 || !same_node(it->second.ref, ref)) continue;
    if (std::holds_alternative<LoopRef>(ref)) return Value{LoopRV{it->first}};
    return Value{BlockRV{it->first}};
  }
  return std::nullopt;
}

Result<Schedule::Named> Schedule::name_node(const ir::NodePath& path) const {
  const std::optional<Place> place = place_at(module_, path);
  if (!place || !(place->is_loop() || place->is_block()))
    return fail(DiagnosticKind::BadArgument, fmt::format("{} is no loop or block of the program", ir::to_string(path)));
  if (const auto rv = live_rv(ref(*place))) return Named{*this, *rv};
  if (place->is_block()) {
    TRY_ASSIGN(Step step, apply(kGetSBlock, {{place->block().name}, {place->function()}}));
    return Named{std::move(step.schedule), step.results.front()};
  }

  std::optional<Place> block;
  std::optional<Value> block_rv;
  for (const Place& below : child_blocks(*place)) {
    if ((block_rv = live_rv(ref(below)))) {
      block = below;
      break;
    }
  }
  if (!block) block = nameable_block(module_, *place);
  if (!block)
    return fail(DiagnosticKind::BadArgument, fmt::format("{} cannot be named: no block directly below it has a name of its own", quoted(*place)),
                "a schedule finds a loop by a block below it; give the block a name that no other block of the function has",
                {label(*place, "this loop")});
  Named named{*this, {}};
  if (!block_rv) {
    TRY_ASSIGN(named, name_node(block->path()));
    block_rv = named.rv;
  }
  TRY_ASSIGN(Step step, named.schedule.apply(kGetLoops, {*block_rv}));
  const auto rv = step.schedule.live_rv(ref(*place));
  CHECK(rv, "get_loops of a block below a loop gives that loop");
  return Named{std::move(step.schedule), *rv};
}

}  // namespace loopglass::schedule
