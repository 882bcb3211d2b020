// The submenu that moves the rows of a buffer, or of all of them, apart in the model of memory.
#pragma once

#include "app/ui/panel.h"

namespace loopglass::ui {

// Inside a menu. Nothing where the buffer has no rows. Sends app::SetRowPitch.
void draw_row_pitch_menu(const PanelContext& context, const locality::Access& access, const locality::BufferAccess& buffer);

}  // namespace loopglass::ui
