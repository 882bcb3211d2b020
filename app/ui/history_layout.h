// The history as a tree that grows to the right: a column per step, a lane per branch. Pure.
#pragma once

#include "app/model/history.h"
#include "app/ui/locale.h"

namespace loopglass::ui {

struct HistoryNode {
  int version = 0;
  int parent = -1;       // index into the nodes, -1 for a root
  int column = 0;        // steps from its root
  int lane = 0;          // 0 = topmost; the first child goes on in its parent's lane
  bool on_path = false;  // between the cursor and its root
};

struct HistoryLayout {
  std::vector<HistoryNode> nodes;   // parents before children
  int columns = 0, lanes = 0;
};

HistoryLayout layout_history(const app::History& history);

// What a version is called: its step, or which kind of root it is.
std::string version_name(const app::Version& version, const Locale& words);

}  // namespace loopglass::ui
