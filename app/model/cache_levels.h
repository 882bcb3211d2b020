// This machine's caches as the model takes them, and its lines.
#pragma once

#include "engine/locality/cache_model.h"
#include "engine/measure/machine.h"

namespace loopglass::app {

inline const int64_t kLine = locality::CacheOptions{}.line;   // bytes

// A cache whose ways the system does not tell is left out.
inline std::vector<locality::CacheLevel> cache_levels(const measure::Machine& machine) {
  std::vector<locality::CacheLevel> levels;
  for (const measure::Cache& cache : machine.caches)
    if (cache.ways > 0) levels.push_back({cache.name, cache.bytes, cache.ways, cache.shared_by > 1});
  return levels;
}

}  // namespace loopglass::app
