#include "app/ui/model_panel.h"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <array>
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

std::string measured_text(const ModelLayout& layout, double measured) { return layout.against == Against::Times ? format_time(measured) : format_rounded(measured); }

// Where as much is counted as the model says.
void draw_diagonal(const PanelContext& context, const Rect& plot) {
  const Palette& c = context.colour();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.AddLine({plot.x, plot.bottom()}, {plot.right(), plot.y}, c.line_strong, context.px(1.5f));
  const TextStyle faint = small_text(context, c.text_faint);
  const std::string text = context.words("model.equal");
  put_text(draw, faint, {plot.right() - text_width(faint, text), plot.bottom() - faint.size * 1.4f}, text);
  put_text(draw, faint, {plot.x + context.px(6), plot.y}, context.words("model.counted"));
}

void draw_axes(const PanelContext& context, const ModelLayout& layout, const Rect& plot) {
  const Palette& c = context.colour();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const TextStyle faint = small_text(context, c.text_faint);
  float above = plot.bottom() + 2 * faint.size;
  for (const AxisTick& tick : layout.measured) {
    const ImVec2 at = point_in(plot, 0, tick.at);
    if (above - at.y < faint.size * 1.25f) continue;
    above = at.y;
    draw.AddLine(at, {plot.right(), at.y}, c.line);
    const std::string text = measured_text(layout, tick.value);
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

std::string point_text(const PanelContext& context, const ModelLayout& layout, const ModelPoint& point, const std::string& level) {
  if (layout.against == Against::Times) return context.words.format("model.point", {{"time", format_time(point.measured)}, {"level", level}, {"count", format_count(point.misses)}});
  return context.words.format("model.counted_point", {{"level", level}, {"modelled", format_count(point.misses)}, {"counted", format_count(std::llround(point.measured))}});
}

void draw_version(const PanelContext& context, const ModelLayout& layout, const ModelPoint& point, const std::string& level, const Rect& plot) {
  const Palette& c = context.colour();
  const ImVec2 at = point_in(plot, point.x, point.y);
  const ImU32 ink = !point.verified ? c.bad : point.is_current ? c.accent : c.text_muted;
  ImGui::GetWindowDrawList()->AddCircleFilled(at, context.px(point.is_current ? 5 : 3.5f), ink, 12);
  ImGui::SetCursorScreenPos({at.x - context.px(8), at.y - context.px(8)});
  ImGui::PushID(point.version);
  if (ImGui::InvisibleButton("##model_point", {context.px(16), context.px(16)})) context.send(app::GoTo{point.version});
  tooltip(context, version_name(*context.view.history->at(point.version), context.words), point_text(context, layout, point, level));
  ImGui::PopID();
}

void draw_plot(const PanelContext& context, const ModelLayout& layout, int level, const Rect& plot) {
  if (plot.width < context.px(kLowest) || plot.height < context.px(kLowest)) return;
  const std::string name = simulated_levels(context.caches)[static_cast<size_t>(level)];
  draw_axes(context, layout, plot);
  if (layout.against == Against::Misses) draw_diagonal(context, plot);
  for (const bool is_current : {false, true})
    for (const ModelPoint& point : layout.points)
      if (point.is_current == is_current) draw_version(context, layout, point, name, plot);
  draw_level_choice(context, "model.misses", level, plot.x + plot.width / 2, plot.bottom() + context.px(20));
}

// A cell of the table: the text and whether it is a number or says why there is none.
struct Cell {
  std::string text;
  bool is_known = true;
};

using Row = std::array<Cell, 3>;   // beside the level's name

Cell coefficient(const std::optional<double>& value) { return {value ? fmt::format("{:.2f}", *value) : "–", value.has_value()}; }
Cell count(const std::optional<int64_t>& misses) { return {misses ? format_count(*misses) : "–", misses.has_value()}; }

Row heads(const PanelContext& context, bool counted) {
  if (counted) return {Cell{context.words("model.modelled")}, {context.words("model.counted")}, {context.words("model.rank_short")}};
  return {Cell{}, {context.words("model.rank")}, {context.words("model.logs")}};
}

Row cells(const PanelContext& context, const Agreement& agreement, bool counted) {
  if (counted) return {count(agreement.modelled), count(agreement.counted), coefficient(agreement.rank)};
  if (!agreement.rank || !agreement.logs) return {Cell{}, {}, {context.words("model.no_spread_short"), false}};
  return {Cell{}, coefficient(agreement.rank), coefficient(agreement.logs)};
}

// What a row's tooltip tells.
std::string row_text(const PanelContext& context, const Agreement& agreement, bool counted) {
  const Locale& words = context.words;
  if (!counted) return words(agreement.rank ? "model.coefficients" : "model.no_spread");
  if (!agreement.modelled || !agreement.counted) return words.format("model.no_counter", {{"level", agreement.level}});
  const double ratio = static_cast<double>(*agreement.counted) / static_cast<double>(std::max<int64_t>(*agreement.modelled, 1));
  return words.format("model.counter", {{"counter", agreement.counter}, {"ratio", format_ratio(ratio)}});
}

// Right edges of the columns, from the table's left one.
struct Columns {
  std::array<float, 3> right;
};

void put_row(const PanelContext& context, const Row& row, ImU32 ink, ImVec2 at, const Columns& columns) {
  for (size_t i = 0; i < row.size(); ++i) {
    const TextStyle style = small_text(context, row[i].is_known ? ink : context.colour().text_faint);
    put_text(*ImGui::GetWindowDrawList(), style, {at.x + columns.right[i] - text_width(style, row[i].text), at.y}, row[i].text);
  }
}

// A sentence over the area's width; gives where it ends.
float put_wrapped(const PanelContext& context, const std::string& text, const Rect& area, float y) {
  ImGui::SetCursorScreenPos({area.x, y});
  ImGui::PushTextWrapPos(ImGui::GetCursorPosX() + area.width);
  ImGui::PushStyleColor(ImGuiCol_Text, context.colour().text_muted);
  ImGui::TextUnformatted(text.c_str());
  ImGui::PopStyleColor();
  ImGui::PopTextWrapPos();
  return ImGui::GetCursorScreenPos().y;
}

// One row for each level; a click shows its points.
float draw_agreements(const PanelContext& context, const ModelLayout& layout, int shown, bool counted, const Rect& area, float y) {
  const Palette& c = context.colour();
  const TextStyle muted = small_text(context, c.text_muted);
  const Row head = heads(context, counted);
  Columns columns{};
  float right = area.width;
  for (size_t i = columns.right.size(); i-- > 0;) {
    float widest = text_width(muted, head[i].text);
    for (const Agreement& agreement : layout.agreements)
      if (const Cell cell = cells(context, agreement, counted)[i]; cell.is_known) widest = std::max(widest, text_width(muted, cell.text));
    columns.right[i] = right;
    right -= widest + context.px(14);
  }
  put_text(*ImGui::GetWindowDrawList(), muted, {area.x, y}, fitted(muted, context.words.format("model.versions", {{"count", std::to_string(layout.points.size())}}), right - context.px(6)));
  put_row(context, head, c.text_muted, {area.x, y}, columns);
  for (size_t i = 0; i < layout.agreements.size(); ++i) {
    const Agreement& agreement = layout.agreements[i];
    const ImU32 ink = static_cast<int>(i) == shown ? c.accent : c.text;
    y += context.px(kLine);
    put_text(*ImGui::GetWindowDrawList(), small_text(context, ink), {area.x, y}, agreement.level);
    put_row(context, cells(context, agreement, counted), ink, {area.x, y}, columns);
    ImGui::SetCursorScreenPos({area.x, y - context.px(2)});
    ImGui::PushID(static_cast<int>(i));
    if (ImGui::InvisibleButton("##agreement", {area.width, context.px(kLine)})) context.state.traffic_level = static_cast<int>(i);
    tooltip(context, row_text(context, agreement, counted));
    ImGui::PopID();
  }
  return y + context.px(kLine);
}

// The title, the table, and the way to hold the misses against the other of the two.
void draw_table(const PanelContext& context, const ModelLayout& layout, int shown, const Rect& area) {
  const Locale& words = context.words;
  const TextStyle title = bold_text(context, context.colour().text);
  const bool counted = layout.has_counters && context.state.model_against == Against::Misses;
  put_text(*ImGui::GetWindowDrawList(), title, {area.x, area.y}, fitted(title, words(counted ? "model.counted_title" : "model.title"), area.width));
  float y = area.y + context.px(kLine + 2);
  const bool too_few = layout.points.size() < app::kFewestForCorrelation;
  if (counted || !too_few) y = draw_agreements(context, layout, shown, counted, area, y);
  else y = put_wrapped(context, words.format("model.too_few", {{"count", std::to_string(layout.points.size())}}), area, y);
  if (!layout.has_counters || y + context.px(kLine) > area.bottom()) return;
  ImGui::SetCursorScreenPos({area.x, y + context.px(4)});
  if (link(context, words(counted ? "model.against_times" : "model.against_counters"))) context.state.model_against = counted ? Against::Times : Against::Misses;
}

}  // namespace

void draw_level_choice(const PanelContext& context, const char* key, int level, float x, float y) {
  if (level < 0) return;
  const std::vector<std::string> levels = simulated_levels(context.caches);
  const std::string label = context.words.format(key, {{"level", levels[static_cast<size_t>(level)]}});
  ImGui::SetCursorScreenPos({x - text_width(ui_text(context, 0), label) / 2, y});
  if (link(context, label.c_str())) ImGui::OpenPopup("##levels");
  tooltip(context, context.words("model.choose"));
  if (!begin_popup_menu(context, "##levels")) return;
  for (int other = 0; other < static_cast<int>(levels.size()); ++other)
    if (ImGui::MenuItem(levels[static_cast<size_t>(other)].c_str(), nullptr, other == level)) context.state.traffic_level = other;
  ImGui::EndPopup();
}

void draw_model(const PanelContext& context, const Rect& area) {
  const std::vector<std::string> levels = simulated_levels(context.caches);
  const Against against = context.state.model_against;
  const int level = level_to_show(context.view, levels, context.state.traffic_level, against);
  if (level < 0) return centred_note(context, context.words("memory.no_caches"));
  const ModelLayout layout = layout_model(context.view, levels, level, against);
  if (layout.points.empty()) return centred_note(context, context.words("model.waiting"));
  const float table = std::min(context.px(kTable), area.width * 0.5f);
  const Rect plot{area.x + context.px(kLeft), area.y + context.px(kTop), area.width - table - context.px(kLeft + 2 * kRight), area.height - context.px(kTop + kBelow)};
  draw_plot(context, layout, level, plot);
  draw_table(context, layout, level, {area.x + area.width - table, area.y + context.px(kTop), table - context.px(kRight), area.height - context.px(kTop)});
}

}  // namespace loopglass::ui
