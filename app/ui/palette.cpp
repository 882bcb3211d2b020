#include "app/ui/palette.h"

#include <imcmd_fuzzy_search.h>
#include <imgui.h>
#include <misc/cpp/imgui_stdlib.h>

#include <algorithm>

#include "app/ui/widgets.h"

namespace loopglass::ui {

std::vector<size_t> find_actions(const std::vector<Action>& actions, const std::string& search) {
  std::vector<std::pair<int, size_t>> found;
  for (size_t i = 0; i < actions.size(); ++i) {
    int score = 0;
    const std::string text = actions[i].label + " " + actions[i].help;
    const bool plain = text.find(search) != std::string::npos;   // what is not ASCII is searched as it stands
    if (search.empty() || plain || ImCmd::FuzzySearch(search.c_str(), actions[i].label.c_str(), score))
      found.emplace_back(-(score + (plain ? 100 : 0)), i);
  }
  if (!search.empty()) std::ranges::stable_sort(found, {}, &std::pair<int, size_t>::first);
  std::vector<size_t> order;
  for (const auto& [score, index] : found) order.push_back(index);
  return order;
}

void CommandPalette::draw(const PanelContext& context, const std::vector<Action>& actions) {
  bool& open = context.state.palette_open;
  const bool opened = open && !was_open_;
  was_open_ = open;
  if (!open) return;
  if (opened) {
    search_.clear();
    chosen_ = 0;
  }
  const Palette& c = context.colour();
  const ImGuiViewport& viewport = *ImGui::GetMainViewport();
  ImGui::SetNextWindowPos({viewport.GetCenter().x, viewport.Pos.y + context.px(70)}, ImGuiCond_Always, {0.5f, 0});
  ImGui::SetNextWindowSize({context.px(560), context.px(380)});
  if (opened) ImGui::SetNextWindowFocus();
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {context.px(12), context.px(12)});
  ImGui::PushStyleColor(ImGuiCol_WindowBg, c.card);
  ImGui::PushStyleColor(ImGuiCol_Border, c.line_strong);
  constexpr ImGuiWindowFlags kFlags = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoDocking |
                                      ImGuiWindowFlags_NoSavedSettings;
  std::optional<size_t> run;
  if (ImGui::Begin("###palette", nullptr, kFlags)) {
    if (opened) ImGui::SetKeyboardFocusHere();
    ImGui::SetNextItemWidth(-1);
    if (ImGui::InputTextWithHint("##search", context.words("palette.hint"), &search_)) chosen_ = 0;
    const std::vector<size_t> found = find_actions(actions, search_);
    const int last = static_cast<int>(found.size()) - 1;
    const int move = ImGui::IsKeyPressed(ImGuiKey_DownArrow) ? 1 : ImGui::IsKeyPressed(ImGuiKey_UpArrow) ? -1 : 0;
    chosen_ = std::clamp(chosen_ + move, 0, std::max(last, 0));
    ImGui::BeginChild("##found");
    for (int i = 0; i <= last; ++i) {
      const Action& action = actions[found[static_cast<size_t>(i)]];
      const bool able = action.why_not.empty();
      ImGui::PushID(static_cast<int>(found[static_cast<size_t>(i)]));
      const ImVec2 at = ImGui::GetCursorScreenPos();
      const float width = ImGui::GetContentRegionAvail().x, height = context.px(30);
      const bool clicked = ImGui::InvisibleButton(action.label.c_str(), {width, height});
      if (i == chosen_ || ImGui::IsItemHovered()) ImGui::GetWindowDrawList()->AddRectFilled(at, {at.x + width, at.y + height}, i == chosen_ ? c.accent_fill : c.card_hover, context.px(4));
      if (i == chosen_ && move) ImGui::SetScrollHereY(0.5f);
      const TextStyle style = ui_text(context, able ? c.text : c.text_faint), muted = small_text(context, c.text_muted);
      const float y = at.y + (height - style.size) / 2;
      const float label = put_text(*ImGui::GetWindowDrawList(), style, {at.x + context.px(10), y}, action.label);
      const std::string& more = able ? action.help : action.why_not;
      const float shortcut = text_width(muted, action.shortcut), room = width - label - shortcut - context.px(54);
      put_text(*ImGui::GetWindowDrawList(), muted, {at.x + label + context.px(26), y + context.px(1)}, fitted(muted, more, std::max(room, 0.0f)));
      put_text(*ImGui::GetWindowDrawList(), muted, {at.x + width - shortcut - context.px(10), y + context.px(1)}, action.shortcut);
      if (able && (clicked || (i == chosen_ && ImGui::IsKeyPressed(ImGuiKey_Enter, false)))) run = found[static_cast<size_t>(i)];
      ImGui::PopID();
    }
    if (found.empty()) centred_note(context, context.words("palette.nothing"));
    ImGui::EndChild();
    if (!opened && !ImGui::IsWindowFocused(ImGuiFocusedFlags_RootAndChildWindows)) open = false;
  }
  ImGui::End();
  ImGui::PopStyleColor(2);
  ImGui::PopStyleVar();
  if (run || ImGui::IsKeyPressed(ImGuiKey_Escape, false)) {
    open = false;
    context.state.focus_tree = true;
  }
  if (run) actions[*run].run();
}

}  // namespace loopglass::ui
