#include "app/ui/history_layout.h"

#include <algorithm>
#include <set>

namespace loopglass::ui {

HistoryLayout layout_history(const app::History& history) {
  HistoryLayout layout;
  if (history.empty()) return layout;
  std::set<int> path;
  for (int id = history.current()->id; id >= 0; id = history.at(id)->parent) path.insert(id);
  auto place = [&](auto&& self, int id, int parent, int column, int lane) -> void {
    const int index = static_cast<int>(layout.nodes.size());
    layout.nodes.push_back({id, parent, column, lane, path.contains(id)});
    layout.columns = std::max(layout.columns, column + 1);
    layout.lanes = std::max(layout.lanes, lane + 1);
    bool first = true;
    for (const int child : history.children(id)) {
      self(self, child, index, column + 1, first ? lane : layout.lanes);
      first = false;
    }
  };
  for (const auto& version : history.versions())
    if (version->parent < 0) place(place, version->id, -1, 0, layout.lanes);
  return layout;
}

std::string version_name(const app::Version& version, const Locale& words) {
  if (!version.step.empty()) return version.step;
  return words(version.edited_from >= 0 ? "history.edited" : "history.start");
}

}  // namespace loopglass::ui
