#include "app/model/memory_figures.h"

namespace loopglass::app {

MemoryFigures memory_figures(const ir::Function& function, const locality::Access& access, locality::CacheResult caches) {
  MemoryFigures figures;
  figures.caches = std::move(caches);
  if (const auto references = locality::dominant_strides(function)) figures.strides = locality::strides_of_buffers(access, *references);
  return figures;
}

void compare(MemoryFigures& figures, int before_id, const locality::Version& before, const ir::Function& function, const locality::Access& access,
             const std::vector<locality::CacheLevel>& levels) {
  if (auto changes = locality::compare_misses(before, {function, &access, &figures.caches}, levels)) {
    figures.compared_with = before_id;
    figures.changes = *std::move(changes);
  }
}

}  // namespace loopglass::app
