// Opaque surfaces of one colour. They are cleared, not drawn: software OpenGL fills a panel's ground several times as fast so, and that is most of a frame.
#pragma once

#include <imgui.h>

namespace loopglass::ui {

// Ends at whole pixels. In its place among what the list draws; alpha is ignored.
void fill_rectangle(ImDrawList& draw, ImVec2 low, ImVec2 high, ImU32 colour);
// With round corners.
void fill_card(ImDrawList& draw, ImVec2 low, ImVec2 high, float rounding, ImU32 colour);

}  // namespace loopglass::ui
