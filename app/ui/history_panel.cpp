#include "app/ui/history_panel.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "app/ui/history_layout.h"
#include "app/ui/quantities.h"
#include "app/ui/step_form.h"
#include "app/ui/widgets.h"

namespace loopglass::ui {
namespace {

struct Grid {
  ImVec2 origin;
  float column = 0, lane = 0;
  ImVec2 at(const HistoryNode& node) const {
    return {std::floor(origin.x + column * static_cast<float>(node.column)), std::floor(origin.y + lane * static_cast<float>(node.lane))};
  }
};

void draw_edge(const PanelContext& context, ImVec2 from, ImVec2 to, bool bright) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImU32 ink = bright ? context.colour().accent : context.colour().line_strong;
  const float thickness = context.px(bright ? 2 : 1.5f), bend = (to.x - from.x) * 0.5f;
  if (from.y == to.y) draw.AddLine(from, to, ink, thickness);
  else draw.AddBezierCubic(from, {from.x + bend, from.y}, {to.x - bend, to.y}, to, ink, thickness, 14);
}

// What can be done with a step that stands in the history: on a right click on its node.
void step_menu(const PanelContext& context, const app::Version& version) {
  if (!begin_popup_menu(context, "##step", true)) return;
  const app::History& history = *context.view.history;
  const bool is_step = version.parent >= 0;
  const bool is_off = version.skipped && !version.skipped->reason;
  const bool has_values = is_step && std::ranges::any_of(version.primitive->params, [](const schedule::ParamSpec& param) {
    using enum schedule::ParamKind;
    return param.kind != Block && param.kind != Loop && param.kind != Loops && param.kind != BlockOrLoop && param.kind != Blocks;
  });
  const auto item = [&](const char* key, bool enabled) { return ImGui::MenuItem(context.words(key), nullptr, false, enabled); };
  if (item("history.go", true)) context.send(app::GoTo{version.id});
  ImGui::Separator();
  if (item(is_off ? "history.switch_on" : "history.switch_off", is_step)) context.send(app::SwitchStep{version.id, is_off});
  if (item("history.change", has_values)) context.state.form = open_change(history, version.id);
  if (item("history.move_earlier", is_step && history.at(version.parent)->parent >= 0)) context.send(app::MoveStep{version.id, -1});
  if (item("history.move_later", is_step && !history.children(version.id).empty())) context.send(app::MoveStep{version.id, 1});
  if (item("history.delete", is_step)) context.send(app::DeleteStep{version.id});
  ImGui::EndPopup();
}

void draw_node(const PanelContext& context, const HistoryNode& node, ImVec2 at, float width) {
  const Palette& c = context.colour();
  const app::Version& version = *context.view.history->at(node.version);
  const app::Measurement* measured = context.view.measurement(version);
  const bool current = version.id == context.view.history->current()->id;
  const bool wrong = measured && measured->verified && !measured->verified->ok;
  const bool unsound = !version.warnings.empty();
  const ImU32 ink = wrong ? c.bad : unsound ? c.warn : current ? c.accent : node.on_path ? faded(c.accent, 0.75f) : c.text_faint;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float r = context.px(6.5f);
  if (current) draw.AddCircleFilled(at, r + context.px(4), c.accent_fill, 16);
  if (version.skipped) {
    draw.AddCircleFilled(at, r, c.panel, 14);
    draw.AddCircle(at, r, version.skipped->reason ? c.bad_line : ink, 14, context.px(1.5f));
  } else {
    draw.AddCircleFilled(at, r, ink, 14);
  }
  if (unsound) put_text(draw, bold_text(context, c.warn), {at.x + r + context.px(4), at.y - context.px(8)}, "!");

  const std::string name = version_name(version, context.words);
  const bool timed = measured && measured->timed && measured->timed->time.samples > 0;
  const std::string time = timed ? format_time(measured->timed->time.median) : std::string();
  const TextStyle small = small_text(context, version.skipped ? c.text_faint : current ? c.text : c.text_muted);
  if (timed && !version.skipped) put_text(draw, small, {at.x - text_width(small, time) / 2, at.y - r - small.size - context.px(6)}, time);
  const std::string label = fitted(small, name, width - context.px(10));
  const ImVec2 label_at{at.x - text_width(small, label) / 2, at.y + r + context.px(6)};
  draw.AddRectFilled(label_at, {label_at.x + text_width(small, label), label_at.y + small.size}, c.panel);   // an edge may pass below it
  put_text(draw, small, label_at, label);
  if (version.skipped) {
    const float middle = std::floor(label_at.y + small.size * 0.55f);
    draw.AddLine({label_at.x, middle}, {label_at.x + text_width(small, label), middle}, c.text_faint, context.px(1));
  }

  ImGui::SetCursorScreenPos({at.x - width / 2 + context.px(4), at.y - context.px(26)});
  ImGui::PushID(version.id);
  if (ImGui::InvisibleButton(name.c_str(), {width - context.px(8), context.px(52)})) context.send(app::GoTo{version.id});
  mark(context, "version " + std::to_string(version.id));
  step_menu(context, version);
  if (ImGui::IsItemHovered()) draw.AddCircle(at, r + context.px(3), c.accent, 16, context.px(1.5f));
  std::string more = timed ? time + " " + format_spread(measured->timed->time) : std::string();
  if (version.skipped) more = version.skipped->reason ? context.words.message(*version.skipped->reason) : context.words("history.is_off");
  for (const auto& warning : version.warnings) more += "\n" + context.words.message(warning);
  tooltip(context, name, more + (more.empty() ? "" : "\n") + context.words("history.hint"));
  ImGui::PopID();
}

}  // namespace

void HistoryPanel::draw(const PanelContext& context) {
  if (begin_panel(context, "###history", "panel.history")) {
    panel_header(context, context.words("panel.history"), {}, 0);
    if (!context.view.history || context.view.history->empty()) {
      centred_note(context, context.words("history.empty"));
    } else {
      const HistoryLayout layout = layout_history(*context.view.history);
      ImGui::BeginChild("##tree", {0, ImGui::GetContentRegionAvail().y - context.px(4)}, 0, ImGuiWindowFlags_HorizontalScrollbar);
      Grid grid;
      grid.column = std::clamp((ImGui::GetWindowWidth() - context.px(20)) / static_cast<float>(std::max(layout.columns, 1)), context.px(104), context.px(178));
      grid.lane = context.px(70);
      const ImVec2 start = ImGui::GetCursorScreenPos();
      grid.origin = {start.x + grid.column / 2 + context.px(6), start.y + context.px(46)};
      ImGui::Dummy({grid.column * static_cast<float>(layout.columns) + context.px(12), grid.lane * static_cast<float>(layout.lanes) + context.px(24)});
      for (const auto& node : layout.nodes) {
        if (node.parent < 0) continue;
        const HistoryNode& parent = layout.nodes[static_cast<size_t>(node.parent)];
        draw_edge(context, grid.at(parent), grid.at(node), parent.on_path && node.on_path);
      }
      const int current = context.view.history->current()->id;
      for (const auto& node : layout.nodes) {
        const ImVec2 at = grid.at(node);
        draw_node(context, node, at, grid.column);
        if (node.version != current || scrolled_to_ == current) continue;
        scrolled_to_ = current;
        if (at.x < ImGui::GetWindowPos().x || at.x + grid.column / 2 > ImGui::GetWindowPos().x + ImGui::GetWindowWidth())
          ImGui::SetScrollX(std::max(grid.column * static_cast<float>(node.column) - ImGui::GetWindowWidth() / 2, 0.0f));
        if (at.y - grid.lane / 2 < ImGui::GetWindowPos().y || at.y + grid.lane / 2 > ImGui::GetWindowPos().y + ImGui::GetWindowHeight())
          ImGui::SetScrollY(std::max(at.y - start.y - ImGui::GetWindowHeight() / 2, 0.0f));
      }
      ImGui::EndChild();
    }
  }
  end_panel();
}

}  // namespace loopglass::ui
