// cache_read: a new block copies what is read of a buffer into a new buffer, and the readers read that.
//
// Before:                                     After cache_read(B, 0, "global"):
//   for i, j in T.grid(128, 128):               for ax0, ax1 in T.grid(128, 128):
//       with T.sblock("B"): ...                     with T.sblock("A_global"): ...
//           B[vi, vj] = A[vi, vj] * 2                   A_global[v0, v1] = A[v0, v1]
//                                               for i, j in T.grid(128, 128):
//                                                   with T.sblock("B"): ...
//                                                       B[vi, vj] = A_global[vi, vj] * 2
//
// Requires: InvalidStorageScope, BufferIndexOutOfRange, RootBlock, NotRegionCover, NotSingleWriteBlock.
#include <algorithm>

#include "engine/ir/op.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/cache_stage.h"
#include "engine/schedule/specs.h"

namespace loopglass::schedule {
namespace {

// The blocks that get to read the cache: those asked for, with those directly below them; none asked for: all.
std::vector<Place> chosen_consumers(const Context& context, const Argument& argument) {
  std::vector<Place> result;
  for (const BlockRef& ref : blocks_argument(argument)) {
    result.push_back(at(context.module, ref));
    for (Place& child : child_blocks(result.back())) result.push_back(std::move(child));
  }
  return result;
}

std::vector<Place> readers_after(const BlockScope& scope, const Place& writer) {
  std::vector<Place> result;
  const size_t self = scope.index_of(writer);
  for (const Dependency& d : scope.dependencies)
    if (d.source == self && d.kind == DependencyKind::ReadAfterWrite) result.push_back(scope.blocks[d.target]);
  return result;
}

// What is copied of a buffer that the scope does not write: under the conditions of nested readers, else what the scope says it reads,
// else all.
Result<ir::BufferRegion> input_region(const Place& block, const Place& scope, const ir::Buffer& buffer) {
  TRY_ASSIGN(const ir::BufferRegion* read, single_region(block, block.block().reads, buffer));
  if (const ir::Expr condition = nested_predicate(block, buffer, false)) return relaxed_region(*read, block, scope, condition);
  TRY_ASSIGN(const ir::BufferRegion* whole, single_region(scope, scope.block().reads, buffer));
  if (whole) return *whole;
  ir::BufferRegion full{buffer, {}};
  for (const ir::Expr& extent : buffer->shape) full.region.push_back({ir::make_int(0), extent});
  return full;
}

class ReadRewriter : public CacheRewriter {
 public:
  ReadRewriter(const CacheStage& stage, const Place& scope, const std::vector<Place>& consumers)
      : CacheRewriter(stage, scope), consumers_(consumers), consumes_(consumers.empty()) {}

  using CacheRewriter::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override {
    const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e);
    if (!load || load->buffer != stage_.original || !consumes_) return CacheRewriter::rewrite(e);
    return ir::make_load(stage_.cache, in_cache(load->indices));
  }

 protected:
  ir::Stmt rewrite_child(const ir::Stmt& s) override {
    const ir::Block& block = ir::get<ir::BlockRealize>(s).block;
    const auto& writes = block.writes;
    if (std::any_of(writes.begin(), writes.end(), [&](const ir::BufferRegion& w) { return w.buffer == stage_.original; })) return s;
    const bool chosen = consumers_.empty() || std::any_of(consumers_.begin(), consumers_.end(),
                                                          [&](const Place& c) { return c.block().id == block.id; });
    const bool outside = std::exchange(consumes_, chosen);
    ir::Stmt out = Rewriter::rewrite(s);
    consumes_ = outside;
    if (!chosen) return out;
    ir::BlockRealize changed = ir::get<ir::BlockRealize>(out);
    changed.block.reads = in_cache(std::move(changed.block.reads));
    changed.block.match_buffers = in_cache(std::move(changed.block.match_buffers));
    return ir::make_stmt(std::move(changed));
  }

 private:
  const std::vector<Place>& consumers_;
  bool consumes_;
};

// The trace records the buffer's index, and a list of consumers.
Result<void> normalize(const Context& context, std::span<Argument> args) {
  TRY_ASSIGN(const size_t index, buffer_index(args[1], at(context.module, block_argument(args[0])), false));
  args[1] = Argument{Value{static_cast<int64_t>(index)}};
  if (is_none(args[3])) args[3] = Argument{Value{ValueList{}}};
  return {};
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  const std::string& storage_scope = string_argument(args[2]);
  TRY(check_storage_scope(storage_scope));
  TRY_ASSIGN(const size_t index, buffer_index(args[1], block, false));
  TRY_ASSIGN(const Place root, check_scope(context, block, false));
  const BlockScope scope = make_block_scope(root);
  CacheStage stage;
  stage.original = block.block().reads[index].buffer;
  TRY(check_readers_covered(context, root, stage.original));
  const std::vector<Place> consumers = chosen_consumers(context, args[3]);
  TRY_ASSIGN(const std::optional<Place> writer, only_writer(scope, stage.original));
  stage.location = root;
  if (writer) {
    CacheLocation location = cache_location(root, *writer, consumers.empty() ? readers_after(scope, *writer) : consumers);
    stage.location = std::move(location.place);
    stage.position = location.position;
    TRY_ASSIGN(const ir::BufferRegion* written, single_region(*writer, writer->block().writes, stage.original));
    stage.region = relaxed_region(*written, *writer, stage.location, nullptr);
  } else {
    TRY_ASSIGN(stage.region, input_region(block, root, stage.original));
  }
  stage.full_region = stage.location.is_loop() || !holds_all_readers(stage.location, root, stage.original);
  make_stage(stage, storage_scope, CopyDirection::IntoCache);
  ReadRewriter rewriter(stage, root, consumers);
  const ir::Stmt rewritten = rewriter.rewrite(root.stmt());
  TRY(check_views(rewritten, stage.cache));
  return Rewrite{replace(context.module, root, rewritten), {result(BlockRef{stage.block})}, {}, {}};
}

}  // namespace

const PrimitiveSpec kCacheRead{
    "cache_read", "CacheRead", "Copies what a block reads of a buffer into a new buffer first.",
    {{"block", ParamKind::Block, "a block that reads the buffer", std::nullopt, false},
     {"read_buffer_index", ParamKind::StringOrInt, "which of the buffers that it reads: its place in T.reads, or its name", std::nullopt, true},
     {"storage_scope", ParamKind::String, "where the new buffer lies: \"global\" or \"local\"", std::nullopt, true},
     {"consumer_blocks", ParamKind::Blocks, "the blocks that read the new buffer; none: all", Value{ValueList{}}, false}},
    false, apply, normalize};

}  // namespace loopglass::schedule
