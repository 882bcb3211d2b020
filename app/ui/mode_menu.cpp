#include "app/ui/mode_menu.h"

#include <imgui.h>

#include <algorithm>

#include "app/ui/history_layout.h"
#include "app/ui/memory_modes.h"
#include "app/ui/widgets.h"

namespace loopglass::ui {
namespace {

// Against the versions that led to this one, the last first, and the start.
void draw_comparison_menu(const PanelContext& context) {
  const app::Version* now = context.view.version();
  if (!now || !begin_submenu(context, context.words("memory.compare"), is_comparable(context.state.heat_mode) && now->parent >= 0)) return;
  if (ImGui::MenuItem(context.words("memory.compare_none"), nullptr, context.view.compared_with < 0)) context.send(app::CompareMemory{});
  for (int id = now->parent; id >= 0; id = context.view.history->at(id)->parent)
    if (ImGui::MenuItem(version_name(*context.view.history->at(id), context.words).c_str(), nullptr, context.view.compared_with == id)) context.send(app::CompareMemory{id});
  ImGui::EndMenu();
}

// Right of the tabs, all modes and what else can be chosen.
void draw_mode_menu(const PanelContext& context, const std::vector<NamedMode>& modes) {
  HeatMode& shown = context.state.heat_mode;
  std::string label = context.words("memory.more");
  const float right = ImGui::GetWindowPos().x + ImGui::GetWindowWidth() - context.px(kPanelMargin), room = right - ImGui::GetItemRectMax().x - context.px(12);   // beside the last tab
  const ImVec2 below = ImGui::GetCursorScreenPos();
  const TextStyle style = ui_text(context, context.colour().text);
  label = !has_tab(shown) ? fitted(style, mode_name(context, shown), room) : text_width(style, label) <= room ? label : "…";
  ImGui::SetCursorScreenPos({right - text_width(style, label),
                             ImGui::GetWindowPos().y + (context.px(kHeaderHeight) - style.size) / 2});
  if (link(context, label.c_str())) ImGui::OpenPopup("##modes");
  if (begin_popup_menu(context, "##modes")) {
    for (const auto& [mode, name] : modes)
      if (ImGui::MenuItem(name.c_str(), nullptr, mode == shown)) shown = mode;
    ImGui::Separator();
    draw_comparison_menu(context);
    if (ImGui::MenuItem(context.words("memory.own_scales"), nullptr, context.state.own_scales)) context.state.own_scales = !context.state.own_scales;
    const bool is_mean = context.state.pooling == gl::Pooling::Mean;
    if (ImGui::MenuItem(context.words("memory.pool_mean"), nullptr, is_mean)) context.state.pooling = is_mean ? gl::Pooling::Largest : gl::Pooling::Mean;
    if (ImGui::MenuItem(context.words("memory.whole"), nullptr, false, !context.state.windows.empty())) context.state.windows.clear();
    ImGui::EndPopup();
  }
  ImGui::SetCursorScreenPos(below);
}

}  // namespace

void draw_mode_choice(const PanelContext& context) {
  const std::vector<NamedMode> modes = heat_modes(context);
  std::vector<HeatMode> on_tabs;
  std::vector<const char*> labels;
  for (const auto& [mode, name] : modes)
    if (has_tab(mode)) {
      on_tabs.push_back(mode);
      labels.push_back(name.c_str());
    }
  HeatMode& shown = context.state.heat_mode;
  const int chosen = has_tab(shown) ? static_cast<int>(std::ranges::find(on_tabs, shown) - on_tabs.begin()) : -1;
  const int now = panel_header(context, context.words("panel.memory"), labels, chosen);
  if (now != chosen && now >= 0) shown = on_tabs[static_cast<size_t>(now)];
  draw_mode_menu(context, modes);
}

}  // namespace loopglass::ui
