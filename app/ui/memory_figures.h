// The memory panel as figures: a row for each buffer, and in words what the last step changed.
#pragma once

#include "app/ui/panel.h"

namespace loopglass::ui {

// What stands where misses would: that they are being computed, or why they cannot be.
std::string no_misses_yet(const PanelContext& context);

void draw_memory_figures(const PanelContext& context, const locality::Access& access);

}  // namespace loopglass::ui
