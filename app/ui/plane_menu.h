// Below a picture of a buffer of more than two axes: which two are drawn, and a slider for each of the others.
#pragma once

#include <imgui.h>

#include "app/ui/memory_layout.h"
#include "app/ui/panel.h"

namespace loopglass::ui {

// `origin`: where the panel's pictures begin on the screen. What is chosen goes to ViewState::planes.
void draw_plane_choice(const PanelContext& context, const locality::BufferAccess& buffer, const MemoryPicture& place, ImVec2 origin);

}  // namespace loopglass::ui
