#include "app/ui/model_panel.h"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "app/model/correlation.h"
#include "app/ui/history_layout.h"
#include "app/ui/model_layout.h"
#include "app/ui/quantities.h"
#include "app/ui/widgets.h"

namespace loopglass::ui {
namespace {

constexpr float kLeft = 72, kRight = 16, kTop = 12, kBelow = 40;   // pixels around the plot
constexpr float kTable = 300;                                      // pixels, beside it
constexpr float kLine = 20;
constexpr float kLowest = 36;                                      // a plot is at least so high, else there is none

ImVec2 point_in(const Rect& plot, float x, float y) { return {std::floor(plot.x + x * plot.width), std::floor(plot.y + y * plot.height)}; }

void draw_axes(const PanelContext& context, const ModelLayout& layout, const Rect& plot) {
  const Palette& c = context.colour();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const TextStyle faint = small_text(context, c.text_faint);
  float above = plot.bottom() + 2 * faint.size;
  for (const AxisTick& tick : layout.times) {
    const ImVec2 at = point_in(plot, 0, tick.at);
    if (above - at.y < faint.size * 1.25f) continue;
    above = at.y;
    draw.AddLine(at, {plot.right(), at.y}, c.line);
    const std::string text = format_time(tick.value);
    put_text(draw, faint, {at.x - context.px(8) - text_width(faint, text), at.y - faint.size / 2}, text);
  }
  float right = plot.x - context.px(40);
  for (const AxisTick& tick : layout.misses) {
    const std::string text = format_count(std::llround(tick.value));
    const float width = text_width(faint, text), x = point_in(plot, tick.at, 1).x - width / 2;
    if (x < right + context.px(12)) continue;
    right = x + width;
    put_text(draw, faint, {x, plot.bottom() + context.px(5)}, text);
  }
  draw.AddLine({plot.x, plot.bottom()}, {plot.right(), plot.bottom()}, c.line_strong);
  draw.AddLine({plot.x, plot.y}, {plot.x, plot.bottom()}, c.line_strong);
}

void draw_version(const PanelContext& context, const ModelPoint& point, const std::string& level, const Rect& plot) {
  const Palette& c = context.colour();
  const ImVec2 at = point_in(plot, point.x, point.y);
  const ImU32 ink = !point.verified ? c.bad : point.is_current ? c.accent : c.text_muted;
  ImGui::GetWindowDrawList()->AddCircleFilled(at, context.px(point.is_current ? 5 : 3.5f), ink, 12);
  ImGui::SetCursorScreenPos({at.x - context.px(8), at.y - context.px(8)});
  ImGui::PushID(point.version);
  if (ImGui::InvisibleButton("##model_point", {context.px(16), context.px(16)})) context.send(app::GoTo{point.version});
  tooltip(context, version_name(*context.view.history->at(point.version), context.words),
          context.words.format("model.point", {{"time", format_time(point.ms)}, {"level", level}, {"count", format_count(point.misses)}}));
  ImGui::PopID();
}

void draw_plot(const PanelContext& context, const ModelLayout& layout, const std::string& level, const Rect& plot) {
  if (plot.width < context.px(kLowest) || plot.height < context.px(kLowest)) return;
  draw_axes(context, layout, plot);
  for (const ModelPoint& point : layout.points)
    if (!point.is_current) draw_version(context, point, level, plot);
  for (const ModelPoint& point : layout.points)
    if (point.is_current) draw_version(context, point, level, plot);
  draw_level_choice(context, "model.misses", plot.x + plot.width / 2, plot.bottom() + context.px(20));
}

// Right edges of the table's columns, from its left edge.
struct Columns {
  float rank, logs;
};

// One level's coefficients; a click shows its points.
void draw_agreement(const PanelContext& context, const Agreement& agreement, int index, bool is_shown, ImVec2 at, const Columns& columns) {
  const Palette& c = context.colour();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const TextStyle style = small_text(context, is_shown ? c.accent : c.text);
  put_text(draw, style, at, agreement.level);
  const auto put = [&](const TextStyle& ink, const std::string& text, float right) { put_text(draw, ink, {at.x + right - text_width(ink, text), at.y}, text); };
  if (agreement.rank && agreement.logs) {
    put(style, fmt::format("{:.2f}", *agreement.rank), columns.rank);
    put(style, fmt::format("{:.2f}", *agreement.logs), columns.logs);
  } else {
    put(small_text(context, c.text_faint), context.words("model.no_spread_short"), columns.logs);
  }
  ImGui::SetCursorScreenPos({at.x, at.y - context.px(2)});
  ImGui::PushID(index);
  if (ImGui::InvisibleButton("##agreement", {columns.logs, context.px(kLine)})) context.state.traffic_level = index;
  tooltip(context, agreement.rank ? context.words("model.coefficients") : context.words("model.no_spread"));
  ImGui::PopID();
}

// Gives how far down the table reaches.
float draw_agreements(const PanelContext& context, const ModelLayout& layout, int shown, const Rect& area) {
  const Palette& c = context.colour();
  const Locale& words = context.words;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const TextStyle muted = small_text(context, c.text_muted);
  float y = area.y;
  put_text(draw, bold_text(context, c.text), {area.x, y}, fitted(bold_text(context, c.text), words("model.title"), area.width));
  y += context.px(kLine + 2);
  const std::string count = std::to_string(layout.points.size());
  if (layout.points.size() < app::kFewestForCorrelation) {
    const std::string few = words.format("model.too_few", {{"count", count}});
    ImGui::SetCursorScreenPos({area.x, y});
    ImGui::PushTextWrapPos(ImGui::GetCursorPosX() + area.width);
    ImGui::PushStyleColor(ImGuiCol_Text, c.text_muted);
    ImGui::TextUnformatted(few.c_str());
    ImGui::PopStyleColor();
    ImGui::PopTextWrapPos();
    return ImGui::GetCursorScreenPos().y;
  }
  const std::string rank = words("model.rank"), logs = words("model.logs"), head = words.format("model.versions", {{"count", count}});
  const float name = std::max(text_width(muted, head), context.px(70)) + context.px(16);
  const Columns columns{name + text_width(muted, rank), name + text_width(muted, rank) + context.px(16) + text_width(muted, logs)};
  put_text(draw, muted, {area.x, y}, head);
  put_text(draw, muted, {area.x + name, y}, rank);
  put_text(draw, muted, {area.x + columns.logs - text_width(muted, logs), y}, logs);
  for (size_t i = 0; i < layout.agreements.size(); ++i) {
    y += context.px(kLine);
    draw_agreement(context, layout.agreements[i], static_cast<int>(i), static_cast<int>(i) == shown, {area.x, y}, columns);
  }
  return y + context.px(kLine);
}

void draw_counters(const PanelContext& context, const ModelLayout& layout, const Rect& area, float y) {
  const TextStyle text = small_text(context, context.colour().text_muted);
  for (const CounterPair& pair : layout.counters) {
    const std::string line = context.words.format("model.counters", {{"level", pair.level}, {"modelled", format_count(pair.modelled)}, {"measured", format_count(pair.measured)}});
    if (y + text.size > area.bottom()) return;
    put_text(*ImGui::GetWindowDrawList(), text, {area.x, y}, fitted(text, line, area.width));
    ImGui::SetCursorScreenPos({area.x, y});
    ImGui::PushID(pair.counter.c_str());
    ImGui::InvisibleButton("##counter", {area.width, context.px(kLine)});
    tooltip(context, line, context.words.format("model.counter", {{"counter", pair.counter}}));
    ImGui::PopID();
    y += context.px(kLine);
  }
}

}  // namespace

void draw_level_choice(const PanelContext& context, const char* key, float x, float y) {
  const std::vector<std::string> levels = simulated_levels(context.caches);
  const int chosen = level_to_show(context.view, levels, context.state.traffic_level);
  if (chosen < 0) return;
  const std::string label = context.words.format(key, {{"level", levels[static_cast<size_t>(chosen)]}});
  ImGui::SetCursorScreenPos({x - text_width(ui_text(context, 0), label) / 2, y});
  if (link(context, label.c_str())) ImGui::OpenPopup("##levels");
  tooltip(context, context.words("model.choose"));
  if (!begin_popup_menu(context, "##levels")) return;
  for (int level = 0; level < static_cast<int>(levels.size()); ++level)
    if (ImGui::MenuItem(levels[static_cast<size_t>(level)].c_str(), nullptr, level == chosen)) context.state.traffic_level = level;
  ImGui::EndPopup();
}

void draw_model(const PanelContext& context, const Rect& area) {
  const std::vector<std::string> levels = simulated_levels(context.caches);
  const int level = level_to_show(context.view, levels, context.state.traffic_level);
  if (level < 0) return centred_note(context, context.words("memory.no_caches"));
  const ModelLayout layout = layout_model(context.view, levels, level);
  if (layout.points.empty()) return centred_note(context, context.words("model.waiting"));
  const float table = std::min(context.px(kTable), area.width * 0.5f);
  const Rect plot{area.x + context.px(kLeft), area.y + context.px(kTop), area.width - table - context.px(kLeft + 2 * kRight), area.height - context.px(kTop + kBelow)};
  draw_plot(context, layout, levels[static_cast<size_t>(level)], plot);
  const Rect beside{area.x + area.width - table, area.y + context.px(kTop), table - context.px(kRight), area.height - context.px(kTop)};
  draw_counters(context, layout, beside, draw_agreements(context, layout, level, beside));
}

}  // namespace loopglass::ui
