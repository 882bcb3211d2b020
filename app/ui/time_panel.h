// The time panel: every version's measured time with its interval, and what the current one reaches.
#pragma once

#include "app/ui/panel.h"

namespace loopglass::ui {

void draw_time_panel(const PanelContext& context);

}  // namespace loopglass::ui
