// How the lines that one iteration of the selected loop touches fall into the sets of the nearest cache: why some of what would fit is pushed out.
#pragma once

#include <imgui.h>

#include "app/ui/panel.h"
#include "engine/locality/quantities.h"

namespace loopglass::ui {

// The nearest cache whose sets are known; null: none.
const measure::Cache* nearest_cache(const Caches& caches);
int64_t sets_of(const measure::Cache& cache, int64_t line);

// By set of a cache: the distinct lines of those elements.
std::vector<int> lines_by_set(const locality::Access& access, const std::vector<locality::Touched>& touched, int64_t sets, int64_t line);

class SetStrip {
 public:
  // 0 where there is nothing to say.
  float height(const PanelContext& context) const;
  void draw(const PanelContext& context, const locality::Access& access, ImVec2 origin, float width);

 private:
  void count(const PanelContext& context, const locality::Access& access, const measure::Cache& cache);

  std::vector<locality::SetPressure> sets_;   // of the nearest cache
  const void* touched_ = nullptr;          // what they were counted of
  const void* access_ = nullptr;
};

}  // namespace loopglass::ui
