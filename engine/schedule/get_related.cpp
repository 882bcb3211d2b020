// The queries that go from a node to others: get_loops, get_child_blocks, get_producers, get_consumers, get_output_blocks.
// (TVM: src/s_tir/schedule/primitive/get_block_loop.cc)
#include "engine/schedule/arguments.h"
#include "engine/schedule/block_scope.h"
#include "engine/schedule/specs.h"
#include "engine/schedule/tree.h"

namespace loopglass::schedule {
namespace {

Rewrite unchanged(const Context& context, Argument result) { return {context.module, {std::move(result)}, {}, {}}; }

Result<Rewrite> get_loops(const Context& context, std::span<const Argument> args) {
  std::vector<LoopRef> loops;
  for (const Place& loop : loops_above(at(context.module, block_argument(args[0])))) loops.push_back(ref(loop.loop()));
  return unchanged(context, result_list(loops));
}

Result<Rewrite> get_child_blocks(const Context& context, std::span<const Argument> args) {
  std::vector<BlockRef> blocks;
  for (const Place& block : child_blocks(at(context.module, node_argument(args[0])))) blocks.push_back(ref(block.realize()));
  return unchanged(context, result_list(blocks));
}

using Related = std::vector<size_t> (*)(const BlockScope&, size_t);

Result<Rewrite> related_blocks(const Context& context, const BlockRef& block, Related related) {
  const Place place = at(context.module, block);
  TRY_ASSIGN(const Place root, check_scope(context, place, false));
  const BlockScope scope = make_block_scope(root);
  std::vector<BlockRef> blocks;
  for (size_t other : related(scope, scope.index_of(place))) blocks.push_back(ref(scope.blocks[other].realize()));
  return unchanged(context, result_list(blocks));
}

Result<Rewrite> get_producers(const Context& context, std::span<const Argument> args) {
  return related_blocks(context, block_argument(args[0]), producers);
}

Result<Rewrite> get_consumers(const Context& context, std::span<const Argument> args) {
  return related_blocks(context, block_argument(args[0]), consumers);
}

// Those below the block, nested ones too, that write what their own scope does not allocate.
Result<Rewrite> get_output_blocks(const Context& context, std::span<const Argument> args) {
  std::vector<BlockRef> blocks;
  for (const Place& block : all_blocks_below(at(context.module, block_argument(args[0]))))
    if (is_output_block(block, *scope_of(block))) blocks.push_back(ref(block.realize()));
  return unchanged(context, result_list(blocks));
}

}  // namespace

const PrimitiveSpec kGetLoops = {
    .name = "get_loops",
    .json_kind = "GetLoops",
    .summary = "Gives the loops above a block, outermost first.",
    .params = {{"block", ParamKind::Block, "the block below them", {}, false}},
    .is_query = true,
    .apply = get_loops,
    .gives_list = true,
};

const PrimitiveSpec kGetChildBlocks = {
    .name = "get_child_blocks",
    .json_kind = "GetChildBlocks",
    .summary = "Gives the blocks directly below a block or loop.",
    .params = {{.name = "block_or_loop", .kind = ParamKind::BlockOrLoop, .summary = "what they stand in", .is_attr = false, .positional = true}},
    .is_query = true,
    .apply = get_child_blocks,
    .gives_list = true,
};

const PrimitiveSpec kGetProducers = {
    .name = "get_producers",
    .json_kind = "GetProducers",
    .summary = "Gives the blocks whose results a block reads.",
    .params = {{"block", ParamKind::Block, "the block that reads", {}, false}},
    .is_query = true,
    .apply = get_producers,
    .gives_list = true,
};

const PrimitiveSpec kGetConsumers = {
    .name = "get_consumers",
    .json_kind = "GetConsumers",
    .summary = "Gives the blocks that read a block's results.",
    .params = {{"block", ParamKind::Block, "the block that is read", {}, false}},
    .is_query = true,
    .apply = get_consumers,
    .gives_list = true,
};

const PrimitiveSpec kGetOutputBlocks = {
    .name = "get_output_blocks",
    .json_kind = "GetOutputBlocks",
    .summary = "Gives the blocks below a block that write what is seen outside.",
    .params = {{.name = "scope_block", .kind = ParamKind::Block, .summary = "the block that they stand in", .is_attr = false, .trace_name = "block"}},
    .is_query = true,
    .apply = get_output_blocks,
    .gives_list = true,
};

}  // namespace loopglass::schedule
