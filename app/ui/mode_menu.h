// The head of the memory panel: which quantity its pictures show, and how.
#pragma once

#include "app/ui/panel.h"

namespace loopglass::ui {

// Tabs for the modes that say most, and a menu of all, with what else can be chosen (ViewState). Sends app::CompareMemory.
void draw_mode_choice(const PanelContext& context);

}  // namespace loopglass::ui
