// What cache_read and cache_write share: a block that copies a region of a buffer into (out of) a new buffer, where it stands, and the
// blocks that use the new buffer instead. Method as in TVM's cache_read_write.cc.
#pragma once

#include "engine/ir/rewriter.h"
#include "engine/schedule/block_scope.h"

namespace loopglass::schedule {

// The copy between a buffer and its cache.
struct CacheStage {
  ir::Buffer original, cache;
  ir::BufferRegion region;    // of the original
  bool full_region = true;    // the cache has the original's shape; else that of the region alone
  ir::Stmt stmt;              // the loops with the copying block
  ir::BlockId block;
  Place location;             // the loop or scope whose body gets the stage
  size_t position = 0;        // before that statement of the body
};

enum class CopyDirection { IntoCache, OutOfCache };

// Makes the new buffer `ORIGINAL_SCOPE`, where there is none yet, and the copy's loops ax0.. and block ORIGINAL_SCOPE with axes v0.. .
void make_stage(CacheStage& stage, const std::string& storage_scope, CopyDirection direction);

// Where the stage stands: before the first of the `readers` after `writer`, in the body of the innermost loop (or the scope) that holds
// both; at the end of the scope where there is no reader.
struct CacheLocation {
  Place place;
  size_t position = 0;
};
CacheLocation cache_location(const Place& scope, const Place& writer, const std::vector<Place>& readers);

// All blocks of the scope that read the buffer stand below the place.
bool holds_all_readers(const Place& place, const Place& scope, const ir::Buffer& buffer);

// What a block touches of a buffer while the loops from it up to `location` run, under its predicate and `condition` (in its axes; null:
// none). Requires: that many dimensions.
ir::BufferRegion relaxed_region(const ir::BufferRegion& touched, const Place& block, const Place& location, const ir::Expr& condition);

// The disjunction of the predicates of blocks nested in the block's body that read (write) the buffer, in the block's axes; null where no
// such block restricts it.
ir::Expr nested_predicate(const Place& block, const ir::Buffer& buffer, bool writes);

// The index of the buffer that a step names by its place in reads (writes) or by name.
// Errors: BufferIndexOutOfRange; BadArgument for a name that the block does not access.
Result<size_t> buffer_index(const Argument& argument, const Place& block, bool writes);
// The only region of the buffer in a list; null for none. Error: NotSingleReadWriteBuffer for several.
Result<const ir::BufferRegion*> single_region(const Place& block, const std::vector<ir::BufferRegion>& regions, const ir::Buffer& buffer);
// Errors: InvalidStorageScope.
Result<void> check_storage_scope(const std::string& storage_scope);
// The only block of the scope that writes the buffer; nothing for none. Error: NotSingleWriteBlock.
Result<std::optional<Place>> only_writer(const BlockScope& scope, const ir::Buffer& buffer);

// A view (T.match_buffer) has the storage scope of what it shows. Error: InvalidStorageScope where, below a rewritten statement, a view of
// `buffer` has another.
Result<void> check_views(const ir::Stmt& rewritten, const ir::Buffer& buffer);

// Every block of the scope that reads the buffer reads only what has been written before. Error: NotRegionCover.
Result<void> check_readers_covered(const Context& context, const Place& root, const ir::Buffer& buffer);

// Puts the stage and the new buffer into the scope; what uses the new buffer is for the derived classes to say.
class CacheRewriter : public ir::Rewriter {
 public:
  CacheRewriter(const CacheStage& stage, const Place& scope) : stage_(stage), scope_(scope.block().id) {}
  using Rewriter::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override;
  ir::Stmt rewrite(const ir::Stmt& s) override;

 protected:
  virtual ir::Stmt rewrite_child(const ir::Stmt& realize) = 0;
  bool is_scope(const ir::BlockRealize& realize) const { return realize.block.id == scope_; }
  // The indices and regions of the original as those of the cache.
  std::vector<ir::Expr> in_cache(const std::vector<ir::Expr>& indices) const;
  std::vector<ir::BufferRegion> in_cache(std::vector<ir::BufferRegion> regions) const;
  std::vector<ir::MatchBuffer> in_cache(std::vector<ir::MatchBuffer> matches) const;

  const CacheStage& stage_;

 private:
  ir::Stmt inserted(const ir::Stmt& body) const;
  const ir::BlockId scope_;
};

}  // namespace loopglass::schedule
