// The time panel's second page: the roofline with every version as a point.
#pragma once

#include "app/ui/panel.h"
#include "app/ui/rect.h"

namespace loopglass::ui {

// What the multiply-adds allow the program on the screen; nothing where it has no floats, or the machine is not known yet.
std::optional<double> peak_of(const PanelContext& context);

// In `area` of the current window (screen pixels). Says why where there is none to draw.
void draw_roofline(const PanelContext& context, const Rect& area);

}  // namespace loopglass::ui
