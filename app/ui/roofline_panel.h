// The time panel's second page: the roofline with every version as a point.
#pragma once

#include "app/ui/panel.h"
#include "app/ui/rect.h"

namespace loopglass::ui {

// In `area` of the current window (screen pixels). Says why where there is none to draw.
void draw_roofline(const PanelContext& context, const Rect& area);

}  // namespace loopglass::ui
