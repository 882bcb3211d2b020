// The history panel: every version as a node of a tree, with its step and its time; a click goes there.
#pragma once

#include "app/ui/panel.h"

namespace loopglass::ui {

class HistoryPanel {
 public:
  void draw(const PanelContext& context);

 private:
  int scrolled_to_ = -1;   // version
};

}  // namespace loopglass::ui
