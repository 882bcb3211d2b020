// reindex_cache_write: a block writes a new buffer, at indices that a function of its axes gives, and a new block copies that to the old one.
//
// Before:                                     After reindex_cache_write(B, 0, "local", lambda i, j: (i * 128 + j,)):
//   for i, j in T.grid(128, 128):               for i, j in T.grid(128, 128):
//       with T.sblock("B"): ...                     with T.sblock("B"): ...
//           B[vi, vj] = A[vi, vj] * 2                   B_local[vi * 128 + vj] = A[vi, vj] * 2
//                                               for i, j in T.grid(128, 128):
//                                                   with T.sblock("B_local"): ...
//                                                       B[vi, vj] = B_local[vi * 128 + vj]
//
// Requires: InvalidStorageScope, BufferIndexOutOfRange, RootBlock, NotStagePipeline, NotSingleReadWriteBuffer, NotSingleWriteBlock, and those
// of reindex_stage.h.
#include "engine/schedule/arguments.h"
#include "engine/schedule/index_map_argument.h"
#include "engine/schedule/reindex_stage.h"
#include "engine/schedule/specs.h"

namespace loopglass::schedule {
namespace {

class WriteRewriter : public CacheRewriter {
 public:
  WriteRewriter(const ReindexStage& stage, const Place& scope, const Place& writer)
      : CacheRewriter(stage.copy, scope), reindexed_(stage), writer_(writer.block().id) {}

  using CacheRewriter::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override {
    const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e);
    if (!load || load->buffer != stage_.original) return CacheRewriter::rewrite(e);
    return ir::make_load(stage_.cache, reindexed_.cache_indices);
  }
  ir::Stmt rewrite(const ir::Stmt& s) override {
    ir::Stmt out = CacheRewriter::rewrite(s);
    const ir::BufferStore* store = ir::as<ir::BufferStore>(out);
    if (!store || store->buffer != stage_.original) return out;
    return ir::make_store(stage_.cache, store->value, reindexed_.cache_indices);
  }

 protected:
  ir::Stmt rewrite_child(const ir::Stmt& s) override {
    if (!below_writer_ && ir::get<ir::BlockRealize>(s).block.id != writer_) return s;
    const bool outside = std::exchange(below_writer_, true);
    ir::BlockRealize changed = ir::get<ir::BlockRealize>(Rewriter::rewrite(s));
    below_writer_ = outside;
    changed.block.reads = with_cache_element(reindexed_, std::move(changed.block.reads));
    changed.block.writes = with_cache_element(reindexed_, std::move(changed.block.writes));
    changed.block.match_buffers = with_cache_element(reindexed_, std::move(changed.block.match_buffers));
    return ir::make_stmt(std::move(changed));
  }

 private:
  const ReindexStage& reindexed_;
  const ir::BlockId writer_;
  bool below_writer_ = false;
};

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  TRY(check_storage_scope(string_argument(args[2])));
  TRY_ASSIGN(const size_t index, buffer_index(args[1], block, true));
  TRY_ASSIGN(const Place root, check_scope(context, block, true));
  const BlockScope scope = make_block_scope(root);
  ReindexStage stage;
  stage.copy.original = block.block().writes[index].buffer;
  TRY(only_writer(scope, stage.copy.original));
  TRY_ASSIGN(const ir::BufferRegion* written, single_region(block, block.block().writes, stage.copy.original));
  stage.copy.region = *written;
  std::vector<Place> readers;
  for (const Dependency& d : scope.dependencies)
    if (d.source == scope.index_of(block) && d.kind == DependencyKind::ReadAfterWrite) readers.push_back(scope.blocks[d.target]);
  CacheLocation location = cache_location(root, block, readers);
  stage.copy.location = std::move(location.place);
  stage.copy.position = location.position;
  Rewrite rewrite;
  TRY(make_reindex_stage(context, stage, block, index_map_argument(args[3]), string_argument(args[2]), CopyDirection::OutOfCache, rewrite.warnings));
  WriteRewriter rewriter(stage, root, block);
  rewrite.module = replace(context.module, root, rewriter.rewrite(root.stmt()));
  rewrite.results = {result(BlockRef{stage.copy.block})};
  return rewrite;
}

}  // namespace

const PrimitiveSpec kReindexCacheWrite = {
    .name = "reindex_cache_write",
    .json_kind = "ReindexCacheWrite",
    .summary = "Lets a block write a new buffer at indices of its own, which a new block copies to the old one.",
    .params = {{"block", ParamKind::Block, "the block that writes the buffer, one element at a time", {}, false},
               {"write_buffer_index", ParamKind::Int, "which of the buffers that it writes, counted from 0", {}, true},
               {"storage_scope", ParamKind::String, "where the new buffer lies: \"global\" or \"local\"", {}, true},
               {"index_map", ParamKind::Lambda, "the indices in the new buffer as functions of the block's axes: lambda vi, vj: (vi * 16 + vj,)", {}, false}},
    .apply = apply,
    .normalize = read_axes_map,
};

}  // namespace loopglass::schedule
