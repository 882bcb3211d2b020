// The memory panel as figures: a row for each buffer, and in words what the last step changed.
#pragma once

#include "app/ui/panel.h"

namespace loopglass::ui {

// "C misses L1 62 700 000 times less (100 000 instead of 62 800 000): one iteration of k now stays in L1"
std::string change_text(const locality::MissChange& change, const Locale& words);

void draw_memory_figures(const PanelContext& context, const locality::Access& access);

}  // namespace loopglass::ui
