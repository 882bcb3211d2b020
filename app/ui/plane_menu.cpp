#include "app/ui/plane_menu.h"

#include <imgui.h>

#include <algorithm>
#include <string>

#include "app/ui/widgets.h"

namespace loopglass::ui {
namespace {

constexpr float kControlHeight = 26, kWidest = 220;   // pixels

std::string axes_text(const PanelContext& context, int down, int across) {
  return context.words.format("memory.axes", {{"down", std::to_string(down)}, {"across", std::to_string(across)}});
}

// Every pair of two axes.
void choose_axes(const PanelContext& context, int rank, PlaneChoice& plane) {
  if (ImGui::SmallButton(axes_text(context, plane.down, plane.across).c_str())) ImGui::OpenPopup("##axes");
  if (!begin_popup_menu(context, "##axes")) return;
  const auto [shown_down, shown_across] = std::pair(plane.down, plane.across);
  for (int down = 0; down < rank; ++down)
    for (int across = 0; across < rank; ++across)
      if (across != down && ImGui::MenuItem(axes_text(context, down, across).c_str(), nullptr, down == shown_down && across == shown_across)) {
        plane.down = down;
        plane.across = across;
      }
  ImGui::EndPopup();
}

void choose_place(const PanelContext& context, int axis, int64_t extent, PlaneChoice& plane) {
  int at = static_cast<int>(plane.at[static_cast<size_t>(axis)]);
  const std::string label = context.words.format("memory.axis_at", {{"axis", std::to_string(axis)}}) + " %d";
  ImGui::PushID(axis);
  if (ImGui::SliderInt("##axis", &at, 0, static_cast<int>(extent) - 1, label.c_str())) plane.at[static_cast<size_t>(axis)] = at;
  ImGui::PopID();
}

}  // namespace

void draw_plane_choice(const PanelContext& context, const locality::BufferAccess& buffer, const MemoryPicture& place, ImVec2 origin) {
  PlaneChoice plane = place.plane;
  ImVec2 at{origin.x + place.controls.x, origin.y + place.controls.y};
  const float width = std::min(place.controls.width, context.px(kWidest));
  const int rank = static_cast<int>(buffer.shape.size());
  ImGui::SetCursorScreenPos(at);
  choose_axes(context, rank, plane);
  for (int axis = 0; axis < rank; ++axis) {
    if (axis == place.plane.across || axis == place.plane.down) continue;
    at.y += context.px(kControlHeight);
    ImGui::SetCursorScreenPos(at);
    ImGui::SetNextItemWidth(width);
    choose_place(context, axis, buffer.shape[static_cast<size_t>(axis)], plane);
  }
  if (plane != place.plane) context.state.planes[buffer.buffer->name] = plane;
}

}  // namespace loopglass::ui
