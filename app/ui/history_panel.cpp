#include "app/ui/history_panel.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "app/ui/history_layout.h"
#include "app/ui/quantities.h"
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

void draw_node(const PanelContext& context, const HistoryNode& node, ImVec2 at, float width) {
  const Palette& c = context.colour();
  const app::Version& version = *context.view.history->at(node.version);
  const app::Measurement* measured = context.view.measurement(version);
  const bool current = version.id == context.view.history->current()->id;
  const bool wrong = measured && measured->verified && !measured->verified->ok;
  const ImU32 ink = wrong ? c.bad : current ? c.accent : node.on_path ? faded(c.accent, 0.75f) : c.text_faint;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float r = context.px(6.5f);
  if (current) draw.AddCircleFilled(at, r + context.px(4), c.accent_fill, 16);
  draw.AddCircleFilled(at, r, ink, 14);

  const std::string name = version.step.empty() ? std::string(context.words("history.start")) : version.step;
  const bool timed = measured && measured->timed && measured->timed->time.samples > 0;
  const std::string time = timed ? format_time(measured->timed->time.median) : std::string();
  const TextStyle small = small_text(context, current ? c.text : c.text_muted);
  if (timed) put_text(draw, small, {at.x - text_width(small, time) / 2, at.y - r - small.size - context.px(6)}, time);
  const std::string label = fitted(small, name, width - context.px(10));
  put_text(draw, small, {at.x - text_width(small, label) / 2, at.y + r + context.px(6)}, label);

  ImGui::SetCursorScreenPos({at.x - width / 2 + context.px(4), at.y - context.px(26)});
  ImGui::PushID(version.id);
  if (ImGui::InvisibleButton(name.c_str(), {width - context.px(8), context.px(52)})) context.send(app::GoTo{version.id});
  if (ImGui::IsItemHovered()) draw.AddCircle(at, r + context.px(3), c.accent, 16, context.px(1.5f));
  std::string more = timed ? time + " " + format_spread(measured->timed->time) : std::string();
  for (const auto& warning : version.warnings) more += "\n" + context.words.message(warning);
  tooltip(context, name, more);
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
      }
      ImGui::EndChild();
    }
  }
  end_panel();
}

}  // namespace loopglass::ui
