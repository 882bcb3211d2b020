#include "app/ui/solid_fill.h"

#include <glad/gl.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "app/ui/damage.h"

namespace loopglass::ui {
namespace {

void clear(const ImDrawList*, const ImDrawCmd* command) {
  const ImDrawData& frame = *ImGui::GetDrawData();
  const PixelRect r = pixels_of(*command, frame);
  if (r.is_empty()) return;
  const ImVec4 colour = ImGui::ColorConvertU32ToFloat4(static_cast<ImU32>(reinterpret_cast<uintptr_t>(command->UserCallbackData)));
  glScissor(r.left, pixels_of(frame).bottom - r.bottom, r.right - r.left, r.bottom - r.top);
  glClearColor(colour.x, colour.y, colour.z, 1);
  glClear(GL_COLOR_BUFFER_BIT);
}

}  // namespace

void fill_rectangle(ImDrawList& draw, ImVec2 low, ImVec2 high, ImU32 colour) {
  draw.PushClipRect(low, high, true);
  draw.AddCallback(clear, reinterpret_cast<void*>(static_cast<uintptr_t>(colour)));
  draw.PopClipRect();
}

void fill_card(ImDrawList& draw, ImVec2 low, ImVec2 high, float rounding, ImU32 colour) {
  const float corner = std::ceil(std::min({rounding, (high.x - low.x) / 2, (high.y - low.y) / 2}));
  if (corner <= 0) return fill_rectangle(draw, low, high, colour);
  fill_rectangle(draw, {low.x + corner, low.y}, {high.x - corner, high.y}, colour);
  fill_rectangle(draw, {low.x, low.y + corner}, {low.x + corner, high.y - corner}, colour);
  fill_rectangle(draw, {high.x - corner, low.y + corner}, {high.x, high.y - corner}, colour);
  for (const ImVec2 middle : {ImVec2{low.x + corner, low.y + corner}, {high.x - corner, low.y + corner}, {low.x + corner, high.y - corner}, {high.x - corner, high.y - corner}})
    draw.AddCircleFilled(middle, corner, colour);
}

}  // namespace loopglass::ui
