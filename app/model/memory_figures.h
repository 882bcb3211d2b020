// What the memory page says in figures and words of one version, beside the pictures.
#pragma once

#include "engine/locality/changes.h"
#include "engine/locality/estimate.h"
#include "engine/locality/quantities.h"
#include "engine/locality/reuse_distance.h"

namespace loopglass::app {

// How a level's sets are filled, by set.
struct LevelSets {
  std::string level;
  int64_t ways = 0;
  std::vector<locality::SetPressure> sets;
};

struct MemoryFigures {
  locality::CacheResult caches;                        // of this machine's levels
  std::vector<locality::DominantStride> strides;       // by buffer, as in Access::buffers; empty where they cannot be told
  std::vector<locality::ReuseHistogram> reuse;         // by buffer; empty until they have been measured
  std::vector<LevelSets> sets;                         // of the two nearest levels
  std::vector<std::vector<locality::MissKinds>> kinds; // by level, by buffer; empty until reuse distances have been measured
  int compared_with = -1;                              // the version that `changes` is against; -1: its misses are not known
  std::vector<locality::MissChange> changes;           // the largest first
};

// What is told of a large function's misses until they have been simulated.
struct EstimatedMisses {
  std::vector<std::string> levels;                     // the nearest ones, whose samples are short enough for an answer at once
  locality::MissEstimate estimate;                     // by level, by buffer, as in Access::buffers
};
// Nothing where the function is so small that the exact misses come as soon, or its misses cannot be estimated.
std::optional<EstimatedMisses> estimated_misses(const ir::Function& function, const locality::Access& access, locality::CacheOptions options);

// What a version brings from beyond each cache, by the model: the sums of its misses.
struct Traffic {
  int64_t line = 64;                                   // bytes of each
  std::vector<int64_t> misses;                         // of this machine's levels, the nearest first
  // Bytes that come from beyond a level (an index; -1: the farthest), whole lines; nothing where there is no such level.
  std::optional<int64_t> bytes_from_beyond(int level) const;
};
Traffic traffic_of(const locality::CacheResult& caches);

// What cannot be told of a function is left empty, and so are reuse distances and the kinds of misses. `levels`: those that `caches` is of.
MemoryFigures memory_figures(const ir::Function& function, const locality::Access& access, locality::CacheResult caches,
                             const std::vector<locality::CacheLevel>& levels, const std::map<std::string, int64_t>& row_pitch = {});
// `before`: the version that this one was made of; `levels`: of both.
void compare(MemoryFigures& figures, int before_id, const locality::Version& before, const ir::Function& function, const locality::Access& access,
             const std::vector<locality::CacheLevel>& levels);

}  // namespace loopglass::app
