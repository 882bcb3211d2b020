// cache_write: a block writes a new buffer instead, and a new block copies that to where the result belongs.
//
// Before:                                     After cache_write(B, 0, "global"):
//   for i, j in T.grid(128, 128):               for i, j in T.grid(128, 128):
//       with T.sblock("B"): ...                     with T.sblock("B"): ...
//           B[vi, vj] = A[vi, vj] * 2                   B_global[vi, vj] = A[vi, vj] * 2
//                                               for ax0, ax1 in T.grid(128, 128):
//                                                   with T.sblock("B_global"): ...
//                                                       B[v0, v1] = B_global[v0, v1]
//
// Requires: InvalidStorageScope, BufferIndexOutOfRange, RootBlock, NotSingleWriteBlock.
#include <algorithm>

#include "engine/ir/op.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/cache_stage.h"
#include "engine/schedule/specs.h"

namespace loopglass::schedule {
namespace {

bool has(const std::vector<Place>& places, const ir::BlockId& id) {
  return std::any_of(places.begin(), places.end(), [&](const Place& p) { return p.block().id == id; });
}

// The writer and the chosen consumers use the cache; nobody else changes.
class WriteRewriter : public CacheRewriter {
 public:
  WriteRewriter(const CacheStage& stage, const Place& scope, const Place& writer, const std::vector<Place>& consumers)
      : CacheRewriter(stage, scope), writer_(writer.block().id), consumers_(consumers) {}

  using CacheRewriter::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override {
    const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e);
    if (!load || load->buffer != stage_.original) return CacheRewriter::rewrite(e);
    return ir::make_load(stage_.cache, in_cache(load->indices));
  }
  ir::Stmt rewrite(const ir::Stmt& s) override {
    ir::Stmt out = CacheRewriter::rewrite(s);
    const ir::BufferStore* store = ir::as<ir::BufferStore>(out);
    if (!store || store->buffer != stage_.original) return out;
    return ir::make_store(stage_.cache, store->value, in_cache(store->indices));
  }

 protected:
  ir::Stmt rewrite_child(const ir::Stmt& s) override {
    const ir::BlockRealize& realize = ir::get<ir::BlockRealize>(s);
    if (has(consumers_, realize.block.id)) return rewrite_consumer(s, realize);
    if (!below_writer_ && realize.block.id != writer_) return s;
    const bool outside = std::exchange(below_writer_, true);
    ir::BlockRealize changed = ir::get<ir::BlockRealize>(Rewriter::rewrite(s));
    below_writer_ = outside;
    set_accesses(changed.block, realize.block);
    return ir::make_stmt(std::move(changed));
  }

 private:
  // The buffers of the regions alone change, not what is read in their indices: TVM leaves that in the old buffer.
  void set_accesses(ir::Block& changed, const ir::Block& block) const {
    changed.reads = in_cache(block.reads);
    changed.writes = in_cache(block.writes);
    changed.match_buffers = in_cache(block.match_buffers);
  }

  ir::Stmt rewrite_consumer(const ir::Stmt& s, const ir::BlockRealize& realize) {
    const auto is_original = [&](const ir::BufferRegion& r) { return r.buffer == stage_.original; };
    const ir::Block& block = realize.block;
    const bool uses_it = std::any_of(block.reads.begin(), block.reads.end(), is_original) ||
                         std::any_of(block.writes.begin(), block.writes.end(), is_original) ||
                         std::any_of(block.match_buffers.begin(), block.match_buffers.end(), [&](const ir::MatchBuffer& m) { return is_original(m.source); });
    if (!uses_it) return s;
    ir::BlockRealize changed = realize;
    changed.block.body = rewrite(block.body);
    set_accesses(changed.block, block);
    return ir::make_stmt(std::move(changed));
  }

  const ir::BlockId writer_;
  const std::vector<Place>& consumers_;
  bool below_writer_ = false;
};

// The trace records the buffer's index, and a list of consumers.
Result<void> normalize(const Context& context, std::span<Argument> args) {
  TRY_ASSIGN(const size_t index, buffer_index(args[1], at(context.module, block_argument(args[0])), true));
  args[1] = Argument{Value{static_cast<int64_t>(index)}};
  if (is_none(args[3])) args[3] = Argument{Value{ValueList{}}};
  return {};
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  const std::string& storage_scope = string_argument(args[2]);
  TRY(check_storage_scope(storage_scope));
  TRY_ASSIGN(const size_t index, buffer_index(args[1], block, true));
  TRY_ASSIGN(const Place root, check_scope(context, block, false));
  const BlockScope scope = make_block_scope(root);
  CacheStage stage;
  stage.original = block.block().writes[index].buffer;
  std::vector<Place> consumers;
  for (const BlockRef& consumer : blocks_argument(args[3])) {
    consumers.push_back(at(context.module, consumer));
    for (Place& child : child_blocks(consumers.back())) consumers.push_back(std::move(child));
  }
  TRY(only_writer(scope, stage.original));
  TRY_ASSIGN(const ir::BufferRegion* written, single_region(block, block.block().writes, stage.original));

  std::vector<Place> readers;
  for (const Dependency& d : scope.dependencies)
    if (d.source == scope.index_of(block) && d.kind == DependencyKind::ReadAfterWrite && !has(consumers, scope.blocks[d.target].block().id))
      readers.push_back(scope.blocks[d.target]);
  CacheLocation location = cache_location(root, block, readers);
  stage.location = std::move(location.place);
  stage.position = location.position;
  stage.region = relaxed_region(*written, block, stage.location, nested_predicate(block, stage.original, true));
  stage.full_region = stage.location.is_loop() || !holds_all_readers(stage.location, root, stage.original);
  make_stage(stage, storage_scope, CopyDirection::OutOfCache);
  WriteRewriter rewriter(stage, root, block, consumers);
  const ir::Stmt rewritten = rewriter.rewrite(root.stmt());
  TRY(check_views(rewritten, stage.cache));
  return Rewrite{replace(context.module, root, rewritten), {result(BlockRef{stage.block})}, {}, {}};
}

}  // namespace

const PrimitiveSpec kCacheWrite{
    "cache_write", "CacheWrite", "Lets a block write a new buffer, which a new block copies to the old one.",
    {{"block", ParamKind::Block, "the block that writes the buffer", std::nullopt, false},
     {"write_buffer_index", ParamKind::StringOrInt, "which of the buffers that it writes: its place in T.writes, or its name", std::nullopt, true},
     {"storage_scope", ParamKind::String, "where the new buffer lies: \"global\" or \"local\"", std::nullopt, true},
     {"consumer_blocks", ParamKind::Blocks, "blocks that read the new buffer instead of the old one", Value{ValueList{}}, false}},
    false, apply, normalize};

}  // namespace loopglass::schedule
