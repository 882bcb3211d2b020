// reindex_cache_read: a new block copies what a block reads into a new buffer, at indices that a function of the block's axes gives.
//
// Before:                                     After reindex_cache_read(B, 0, "local", lambda i, j: (j, i)):
//   for i, j in T.grid(128, 128):               for i, j in T.grid(128, 128):
//       with T.sblock("B"): ...                     with T.sblock("A_local"): ...
//           B[vi, vj] = A[vi, vj] * 2                   A_local[vj, vi] = A[vi, vj]
//                                               for i, j in T.grid(128, 128):
//                                                   with T.sblock("B"): ...
//                                                       B[vi, vj] = A_local[vj, vi] * 2
//
// Requires: InvalidStorageScope, BufferIndexOutOfRange, RootBlock, NotStagePipeline, NotSingleReadWriteBuffer, NotSingleWriteBlock, and those
// of reindex_stage.h.
#include <algorithm>

#include "engine/schedule/arguments.h"
#include "engine/schedule/index_map_argument.h"
#include "engine/schedule/reindex_stage.h"
#include "engine/schedule/specs.h"

namespace loopglass::schedule {
namespace {

class ReadRewriter : public CacheRewriter {
 public:
  ReadRewriter(const ReindexStage& stage, const Place& scope, const Place& consumer)
      : CacheRewriter(stage.copy, scope), reindexed_(stage), consumer_(consumer.block().id) {}

  using CacheRewriter::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override {
    const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e);
    if (!load || load->buffer != stage_.original || !consumes_) return CacheRewriter::rewrite(e);
    return ir::make_load(stage_.cache, reindexed_.cache_indices);
  }

 protected:
  ir::Stmt rewrite_child(const ir::Stmt& s) override {
    const ir::Block& block = ir::get<ir::BlockRealize>(s).block;
    if (std::any_of(block.writes.begin(), block.writes.end(), [&](const ir::BufferRegion& w) { return w.buffer == stage_.original; })) return s;
    const bool outside = std::exchange(consumes_, block.id == consumer_);
    ir::Stmt out = Rewriter::rewrite(s);
    const bool consumes = std::exchange(consumes_, outside);
    if (!consumes) return out;
    ir::BlockRealize changed = ir::get<ir::BlockRealize>(out);
    changed.block.reads = with_cache_element(reindexed_, std::move(changed.block.reads));
    changed.block.match_buffers = with_cache_element(reindexed_, std::move(changed.block.match_buffers));
    return ir::make_stmt(std::move(changed));
  }

 private:
  const ReindexStage& reindexed_;
  const ir::BlockId consumer_;
  bool consumes_ = false;
};

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  TRY(check_storage_scope(string_argument(args[2])));
  TRY_ASSIGN(const size_t index, buffer_index(args[1], block, false));
  TRY_ASSIGN(const Place root, check_scope(context, block, true));
  const BlockScope scope = make_block_scope(root);
  ReindexStage stage;
  stage.copy.original = block.block().reads[index].buffer;
  TRY_ASSIGN(const ir::BufferRegion* read, single_region(block, block.block().reads, stage.copy.original));
  stage.copy.region = *read;
  stage.copy.location = root;
  TRY_ASSIGN(const std::optional<Place> writer, only_writer(scope, stage.copy.original));
  if (writer) {
    CacheLocation location = cache_location(root, *writer, {block});
    stage.copy.location = std::move(location.place);
    stage.copy.position = location.position;
  }
  Rewrite rewrite;
  TRY(make_reindex_stage(context, stage, block, index_map_argument(args[3]), string_argument(args[2]), CopyDirection::IntoCache, rewrite.warnings));
  ReadRewriter rewriter(stage, root, block);
  rewrite.module = replace(context.module, root, rewriter.rewrite(root.stmt()));
  rewrite.results = {result(BlockRef{stage.copy.block})};
  return rewrite;
}

}  // namespace

const PrimitiveSpec kReindexCacheRead = {
    .name = "reindex_cache_read",
    .json_kind = "ReindexCacheRead",
    .summary = "Copies what a block reads into a new buffer, at indices of its own.",
    .params = {{"block", ParamKind::Block, "the block that reads the buffer, one element at a time", {}, false},
               {"read_buffer_index", ParamKind::Int, "which of the buffers that it reads, counted from 0", {}, true},
               {"storage_scope", ParamKind::String, "where the new buffer lies: \"global\" or \"local\"", {}, true},
               {"index_map", ParamKind::Lambda, "the indices in the new buffer as functions of the block's axes: lambda vi, vj: (vj, vi)", {}, false}},
    .apply = apply,
    .normalize = read_axes_map,
};

}  // namespace loopglass::schedule
