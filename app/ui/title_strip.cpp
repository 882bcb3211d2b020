// The strip at the top: menus, which program is open, whether it is right and how fast, the language.
#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

#include "app/ui/quantities.h"
#include "app/ui/shell.h"
#include "app/ui/time_layout.h"
#include "app/ui/widgets.h"

namespace loopglass::ui {
namespace {

constexpr float kStripHeight = 40;

// Menus inside a menu stand where their first action stands in the list.
const char* sub_menu_key(Menu menu, Menu inside) {
  if (menu == Menu::File && inside == Menu::Recent) return "menu.recent";
  if (menu == Menu::File && inside == Menu::Shelf) return "menu.shelf";
  if (menu == Menu::File && inside == Menu::Export) return "menu.export";
  if (menu == Menu::View && inside == Menu::Theme) return "menu.theme";
  if (menu == Menu::View && inside == Menu::Scale) return "menu.scale";
  if (menu == Menu::View && inside == Menu::LanguageMenu) return "menu.language";
  return nullptr;
}

void menu_items(const PanelContext& context, const std::vector<Action>& actions, Menu menu) {
  std::optional<Menu> last;
  for (const auto& action : actions) {
    const char* inside = sub_menu_key(menu, action.menu);
    if (inside && last != action.menu) {
      const bool open = ImGui::BeginMenu(context.words(inside));
      mark(context, inside);
      if (open) {
        menu_items(context, actions, action.menu);
        ImGui::EndMenu();
      }
    }
    last = action.menu;
    if (action.menu != menu) continue;
    if (ImGui::MenuItem(action.label.c_str(), action.shortcut.c_str(), action.checked, action.why_not.empty())) action.run();
    mark(context, action.label);
    const std::string& text = action.why_not.empty() ? action.help : action.why_not;
    if (!text.empty()) tooltip(context, text);
  }
}

// The first measured ancestor: what "faster than the start" is against.
const measure::TimeEstimate* start_time(const app::View& view) {
  const app::Version& root = *view.history->root_of(view.version()->id);
  const app::Measurement* measured = view.measurement(root);
  return measured && measured->timed && measured->timed->time.samples > 0 ? &measured->timed->time : nullptr;
}

std::string against_start_text(const Locale& words, const measure::TimeEstimate& time, const measure::TimeEstimate& start) {
  const double ratio = start.median / time.median;
  switch (against_start(time, start)) {
    case measure::Verdict::Faster: return words.format("title.faster", {{"ratio", format_ratio(ratio)}});
    case measure::Verdict::Slower: return words.format("title.slower", {{"ratio", format_ratio(1 / ratio)}});
    case measure::Verdict::Tie: break;
  }
  return words("title.same");
}

struct StatusPart {
  std::string text;
  ImU32 colour;
  bool tick = false;
};

}  // namespace

void Shell::draw_title_strip(const PanelContext& context, const std::vector<Action>& actions) {
  const float pad = std::floor((context.px(kStripHeight) - ImGui::GetFontSize()) / 2);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {context.px(10), pad});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
  const bool open = ImGui::BeginMainMenuBar();
  ImGui::PopStyleVar(2);
  if (!open) return;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {context.px(10), context.px(10)});
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {context.px(10), context.px(9)});
  const TextStyle name = bold_text(context, context.colour().text);
  const ImVec2 origin = ImGui::GetWindowPos();
  put_text(*ImGui::GetWindowDrawList(), name, {origin.x + context.px(20), origin.y + pad}, "Loopglass");
  ImGui::SetCursorPosX(context.px(20) + text_width(name, "Loopglass") + context.px(14));
  struct Top {
    const char* key;
    Menu menu;
  };
  for (const Top& top : {Top{"menu.file", Menu::File}, Top{"menu.edit", Menu::Edit}, Top{"menu.schedule", Menu::Schedule}, Top{"menu.view", Menu::View},
                         Top{"menu.help", Menu::Help}}) {
    const bool shown = ImGui::BeginMenu(words_(top.key));
    mark(context, top.key);
    if (!shown) continue;
    menu_items(context, actions, top.menu);
    ImGui::EndMenu();
  }
  ImGui::PopStyleVar(2);
  draw_status(context, ImGui::GetCursorScreenPos().x);
  ImGui::EndMainMenuBar();
}

void Shell::draw_status(const PanelContext& context, float left) {
  const Palette& c = context.colour();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const TextStyle style = ui_text(context, c.text);
  const ImVec2 origin = ImGui::GetWindowPos();
  const float y = origin.y + (ImGui::GetWindowHeight() - style.size) / 2;
  float right = origin.x + ImGui::GetWindowWidth() - context.px(20);

  const bool english = words_.language() == Language::English;
  const float chinese_width = text_width(style, "中文"), bar_width = text_width(style, " | "), english_width = text_width(style, "EN");
  right -= english_width + bar_width + chinese_width;
  ImGui::SetCursorScreenPos({right - context.px(4), origin.y + context.px(6)});
  if (ImGui::InvisibleButton(english ? "中文" : "EN", {english_width + bar_width + chinese_width + context.px(8), context.px(kStripHeight - 12)}))
    desk_.settings.language = english ? "zh" : "en";
  tooltip(context, words_("title.switch_language"));
  float x = right + put_text(draw, {style.font, style.size, english ? c.text : c.text_muted}, {right, y}, "EN");
  x += put_text(draw, {style.font, style.size, c.text_faint}, {x, y}, " | ");
  put_text(draw, {style.font, style.size, english ? c.text_muted : c.text}, {x, y}, "中文");
  right -= context.px(26);

  std::vector<StatusPart> parts;
  const app::Version* version = context.view.version();
  const app::Measurement* measured = version ? context.view.measurement(*version) : nullptr;
  using State = app::Measurement::State;
  if (measured && measured->state == State::Failed) {
    const bool wrong = measured->error && measured->error->kind == DiagnosticKind::KernelWrongResult;
    parts.push_back({words_(wrong ? "title.wrong" : "title.failed"), c.bad});
  } else if (measured && measured->verified) {
    parts.push_back({words_(measured->verified->ok ? "title.verified" : "title.wrong"), measured->verified->ok ? c.good : c.bad, true});
    if (measured->verified->ok && measured->timed && measured->timed->time.samples > 0) {
      const measure::TimeEstimate& time = measured->timed->time;
      parts.push_back({format_time(time.median) + " " + format_spread(time), c.text});
      const measure::TimeEstimate* start = start_time(context.view);
      if (start && version->parent >= 0 && time.median > 0) {
        parts.push_back({against_start_text(words_, time, *start), c.accent});
      }
    }
  } else if (measured) {
    parts.push_back({words_("title.measuring"), c.text_muted});
  }
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    const float width = text_width(style, part->text) + (part->tick ? context.px(16) : 0);
    right -= width;
    if (right < left + context.px(20)) break;
    float at = right;
    if (part->tick) {
      const ImVec2 tick{at + context.px(2), y + style.size * 0.55f};
      const std::array<ImVec2, 3> path{ImVec2{tick.x, tick.y}, {tick.x + context.px(3), tick.y + context.px(3.5f)}, {tick.x + context.px(9), tick.y - context.px(5)}};
      if (part->colour == c.good) draw.AddPolyline(path.data(), 3, part->colour, context.px(1.8f));
      else draw.AddCircleFilled({tick.x + context.px(4), tick.y}, context.px(4), part->colour, 12);
      at += context.px(16);
    }
    put_text(draw, {style.font, style.size, part->colour}, {at, y}, part->text);
    right -= context.px(22);
  }
  draw_program_pill(context, left + context.px(10), right);
}

void Shell::draw_program_pill(const PanelContext& context, float left, float right) {
  const app::Version* version = context.view.version();
  if (!version || !version->source) return;
  const app::Source& source = *version->source;
  const std::string file = source.path.empty() ? std::string(words_("title.typed")) : std::filesystem::path(source.path).filename().string();
  std::string text = file;
  for (const std::string& part : {source.module, source.function})
    if (!part.empty()) text += " · " + part;
  const Palette& c = context.colour();
  const TextStyle style = ui_text(context, c.text_muted);
  const float room = right - left - context.px(30);
  if (room < context.px(90)) return;
  const std::string shown = fitted(style, text, room - context.px(28));
  const float width = text_width(style, shown) + context.px(28), height = context.px(26);
  const float centre = std::clamp(ImGui::GetWindowPos().x + ImGui::GetWindowWidth() / 2, left + width / 2, std::max(right - width / 2 - context.px(20), left + width / 2));
  const ImVec2 from{std::floor(centre - width / 2), std::floor(ImGui::GetWindowPos().y + (ImGui::GetWindowHeight() - height) / 2)};
  ImGui::SetCursorScreenPos(from);
  if (ImGui::InvisibleButton(words_("title.choose_module"), {width, height})) ImGui::OpenPopup("###modules");
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.AddRectFilled(from, {from.x + width, from.y + height}, ImGui::IsItemHovered() ? c.card_hover : c.field, height / 2);
  put_text(draw, style, {from.x + context.px(14), from.y + (height - style.size) / 2}, shown);
  tooltip(context, words_("title.choose_module"), source.path);
  if (begin_popup_menu(context, "###modules")) {
    for (const auto& module : source.modules)
      if (ImGui::MenuItem(module.c_str(), nullptr, module == source.module)) context.send(app::ChooseModule{module, {}});
    const auto& functions = version->schedule.module()->functions;
    if (functions.size() > 1) {
      ImGui::Separator();
      for (const auto& function : functions)
        if (ImGui::MenuItem(function.name.c_str(), nullptr, function.name == source.function)) context.send(app::ChooseModule{source.module, function.name});
    }
    ImGui::EndPopup();
  }
}

}  // namespace loopglass::ui
