// What reindex_cache_read and reindex_cache_write share: a copy between a buffer and a cache whose indices are a function of a block's axes,
// in the loops and axes of that block. Method as in TVM's cache_read_write.cc.
#pragma once

#include <span>

#include "engine/schedule/cache_stage.h"
#include "engine/schedule/index_map.h"

namespace loopglass::schedule {

struct ReindexStage {
  CacheStage copy;                      // its region is the element that the block touches
  std::vector<ir::Expr> cache_indices;  // in the block's axes
};

// Makes the cache `BUFFER_SCOPE` and the copying block of that name. `stage.copy` has the original, the region and the location.
// Errors: NotSinglePoint; IndexMapRank; AxesDiffer; NotInjectiveIndexMap where two elements would get one place in the cache.
Result<void> make_reindex_stage(const Context& context, ReindexStage& stage, const Place& block, const IndexMap& map, const std::string& storage_scope,
                                CopyDirection direction, std::vector<Diagnostic>& warnings);

// Reads the index map that is argument 3 of the two steps, a function of the axes of the block that is argument 0.
Result<void> read_axes_map(const Context& context, std::span<Argument> args);

// The regions with the original's replaced by the element of the cache.
std::vector<ir::BufferRegion> with_cache_element(const ReindexStage& stage, std::vector<ir::BufferRegion> regions);
std::vector<ir::MatchBuffer> with_cache_element(const ReindexStage& stage, std::vector<ir::MatchBuffer> matches);

}  // namespace loopglass::schedule
