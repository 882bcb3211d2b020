// The memory panel as figures: a row for each buffer, and in words what the last step changed.
#pragma once

#include "app/ui/panel.h"

namespace loopglass::ui {

void draw_memory_figures(const PanelContext& context, const locality::Access& access);

}  // namespace loopglass::ui
