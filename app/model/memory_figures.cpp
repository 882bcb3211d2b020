#include "app/model/memory_figures.h"

#include <algorithm>
#include <numeric>

namespace loopglass::app {

namespace {
constexpr size_t kLevelsWithSets = 2;
constexpr int64_t kLarge = 20'000'000;            // accesses, from which on misses are estimated first
constexpr double kBudgetMs = 40;
constexpr int64_t kMostBytes = int64_t{4} << 20;  // of all levels: a sample first fills them
}

MemoryFigures memory_figures(const ir::Function& function, const locality::Access& access, locality::CacheResult caches,
                             const std::vector<locality::CacheLevel>& levels, const std::map<std::string, int64_t>& row_pitch) {
  MemoryFigures figures;
  figures.caches = std::move(caches);
  if (const auto references = locality::dominant_strides(function, {.row_pitch = row_pitch})) figures.strides = locality::strides_of_buffers(access, *references);
  for (size_t i = 0; i < std::min(levels.size(), kLevelsWithSets); ++i)
    figures.sets.push_back({levels[i].name, levels[i].ways, locality::set_pressure(figures.caches, levels[i], i)});
  return figures;
}

std::optional<EstimatedMisses> estimated_misses(const ir::Function& function, const locality::Access& access, locality::CacheOptions options) {
  if (access.accesses < kLarge) return {};
  EstimatedMisses misses;
  int64_t bytes = 0;
  for (const locality::CacheLevel& level : options.levels)
    if ((bytes += level.bytes) <= kMostBytes) misses.levels.push_back(level.name);
  if (misses.levels.empty()) return {};
  options.levels.resize(misses.levels.size());
  auto estimate = locality::estimate_misses(function, options, {.budget_ms = kBudgetMs});
  if (!estimate) return {};
  misses.estimate = *std::move(estimate);
  for (auto& level : misses.estimate.levels)
    for (size_t b = 0; b < level.size(); ++b) {   // each line misses at its first touch, and no access misses twice
      const auto least = static_cast<double>(access.buffers[b].lines), most = static_cast<double>(access.buffers[b].reads + access.buffers[b].writes);
      for (double* end : {&level[b].value, &level[b].low, &level[b].high}) *end = std::clamp(*end, std::min(least, most), most);
    }
  return misses;
}

Traffic traffic_of(const locality::CacheResult& caches) {
  Traffic traffic{caches.line, {}};
  for (const locality::LevelMisses& level : caches.levels) traffic.misses.push_back(std::accumulate(level.by_buffer.begin(), level.by_buffer.end(), int64_t{0}));
  return traffic;
}

std::optional<int64_t> Traffic::bytes_from_beyond(int level) const {
  const auto count = static_cast<int>(misses.size());
  if (level < 0) level = count - 1;
  return level >= 0 && level < count ? std::optional(misses[static_cast<size_t>(level)] * line) : std::nullopt;
}

void compare(MemoryFigures& figures, int before_id, const locality::Version& before, const ir::Function& function, const locality::Access& access,
             const std::vector<locality::CacheLevel>& levels) {
  if (auto changes = locality::compare_misses(before, {function, &access, &figures.caches}, levels)) {
    figures.compared_with = before_id;
    figures.changes = *std::move(changes);
  }
}

}  // namespace loopglass::app
