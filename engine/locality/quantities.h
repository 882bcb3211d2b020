// Figures derived from what the counts, the cache model and the reuse distances say of a function.
#pragma once

#include "engine/locality/cache_model.h"
#include "engine/locality/reuse_distance.h"

namespace loopglass::locality {

// Of one buffer at one level. The three kinds add up to the misses.
struct MissKinds {
  int64_t compulsory = 0;   // first touches of lines
  int64_t capacity = 0;     // a fully associative LRU cache of the level's size, seeing every access, misses them too
  // The rest. Negative where the level's sets, or the levels before it, happen to keep lines longer than such a cache would.
  int64_t conflict = 0;
};
// By level, by buffer. `reuse`: measured of the same function with ReuseOptions::edges = capacities_of(levels, line).
std::vector<std::vector<MissKinds>> kinds_of_misses(const ReuseResult& reuse, const CacheResult& caches);
std::vector<int64_t> capacities_of(const std::vector<CacheLevel>& levels, int64_t line);   // in lines
// The same, measured. One thread. Errors: what measure_reuse gives.
Result<std::vector<std::vector<MissKinds>>> classify_misses(const ir::Function& function, const CacheOptions& options, const CacheResult& caches);

// Of each set of a level.
struct SetPressure {
  int64_t lines = 0;        // distinct ones that the function touches
  int64_t misses = 0;
};
std::vector<SetPressure> set_pressure(const CacheResult& caches, const CacheLevel& level, size_t level_index);

// Per element, row-major: the bytes of its line that are ever touched, of the elements of this buffer that start on it; 0 for lines never touched. The
// buffer's utilisation is bytes_used / (lines * line).
ElementCounts bytes_used_of_lines(const BufferAccess& buffer, int64_t line);

// The most frequent distance from one access of a reference to its next, in bytes; the smaller one of two.
struct DominantStride {
  int64_t bytes = 0;
  int64_t times = 0, of = 0;   // so often, of so many steps from one access to the next. Steps between segments of a loop are not counted
};
// By reference, in the order of Access::references. `of` is 0 where the function has to be executed. Errors: what count_accesses gives.
Result<std::vector<DominantStride>> dominant_strides(const ir::Function& function, const Options& options = {});
// Of all references to each buffer, in the order of Access::buffers.
std::vector<DominantStride> strides_of_buffers(const Access& access, const std::vector<DominantStride>& references);

// Which threads touch an element, where parallel loops are cut into chunks of ceil(extent / threads).
struct ElementThreads {
  ir::Buffer buffer;
  std::vector<int> first;      // by element, row-major: the thread of the first access in program order; -1 = never touched
  std::vector<bool> several;   // whether others touch it too
};
// By buffer. Errors: what count_accesses gives; UnsupportedOperation where the function has to be executed.
Result<std::vector<ElementThreads>> threads_of_elements(const ir::Function& function, int threads, const Options& options = {});

}  // namespace loopglass::locality
