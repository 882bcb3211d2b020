// What a loop's footprint is held against.
#pragma once

#include <string>
#include <vector>

#include "engine/measure/machine.h"

namespace loopglass::ui {

using Caches = std::vector<measure::Cache>;   // L1 first

// The first level that holds so many bytes, from 1; caches.size() + 1 for memory; 0 where no level is known.
inline int level_that_holds(const Caches& caches, int64_t bytes) {
  if (caches.empty()) return 0;
  int level = 1;
  for (const auto& cache : caches) {
    if (bytes <= cache.bytes) return level;
    ++level;
  }
  return level;
}

// The names of the levels that are simulated (app/model/cache_levels.h), in the order of app::Traffic::misses.
inline std::vector<std::string> simulated_levels(const Caches& caches) {
  std::vector<std::string> names;
  for (const auto& cache : caches)
    if (cache.ways > 0) names.push_back(cache.name);
  return names;
}

}  // namespace loopglass::ui
