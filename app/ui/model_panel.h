// The time panel's third page: the cache model against what was measured.
#pragma once

#include "app/ui/panel.h"
#include "app/ui/rect.h"

namespace loopglass::ui {

// In `area` of the current window (screen pixels). Says why where there is nothing to compare.
void draw_model(const PanelContext& context, const Rect& area);

// A link, its middle at `x`, that says which cache's misses count, a level, and lets another be chosen (ViewState::traffic_level); `key` has a place {level}.
// Nothing where `level` is -1.
void draw_level_choice(const PanelContext& context, const char* key, int level, float x, float y);

}  // namespace loopglass::ui
