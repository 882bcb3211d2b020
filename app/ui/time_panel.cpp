#include "app/ui/time_panel.h"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "app/ui/model_panel.h"
#include "app/ui/quantities.h"
#include "app/ui/rect.h"
#include "app/ui/roofline_panel.h"
#include "app/ui/time_layout.h"
#include "app/ui/time_notes.h"
#include "app/ui/widgets.h"

namespace loopglass::ui {
namespace {

constexpr float kAbove = 30, kNames = 28, kSummary = 54;   // pixels: for the highest time, for the steps' names, for the lines at the foot
constexpr float kLowest = 24;                              // a plot is at least so high, else there is none

struct Plot {
  Rect area;           // of the points
  float step = 0;      // between columns
  bool has_names = true;
  ImVec2 at(const TimePoint& point, float y) const { return {std::floor(area.x + point.x * area.width), std::floor(area.y + y * area.height)}; }
};

void draw_ticks(const PanelContext& context, const TimeLayout& layout, const Plot& plot, float left) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const TextStyle muted = small_text(context, context.colour().text_faint);
  for (const auto& tick : ticks_that_fit(layout.ticks, muted.size * 1.25f / plot.area.height)) {
    const float y = std::floor(plot.area.y + tick.y * plot.area.height);
    draw.AddLine({left + context.px(58), y}, {plot.area.right() + context.px(30), y}, context.colour().line);
    const std::string text = tick.ms == 0 ? "0" : format_time(tick.ms);
    put_text(draw, muted, {left + context.px(50) - text_width(muted, text), y - muted.size / 2}, text);
  }
}

void draw_point(const PanelContext& context, const TimePoint& point, const Plot& plot) {
  const Palette& c = context.colour();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImVec2 at = plot.at(point, point.y);
  const ImU32 ink = !point.verified ? c.bad : point.is_current ? c.accent : point.on_path ? faded(c.accent, 0.75f) : c.text_faint;
  const float low = plot.at(point, point.y_low).y, high = plot.at(point, point.y_high).y, cap = context.px(4);
  draw.AddLine({at.x, low}, {at.x, high}, ink, context.px(1.5f));
  for (const float y : {low, high}) draw.AddLine({at.x - cap, y}, {at.x + cap, y}, ink, context.px(1.5f));
  draw.AddCircleFilled(at, context.px(point.is_current ? 5 : 4), ink, 12);
  ImGui::SetCursorScreenPos({at.x - context.px(9), at.y - context.px(9)});
  ImGui::PushID(point.version);
  if (ImGui::InvisibleButton("##point", {context.px(18), context.px(18)})) context.send(app::GoTo{point.version});
  const app::Version& version = *context.view.history->at(point.version);
  const std::string name = version_name(version, context.words);
  const std::string interval = context.words.format(
      "time.interval", {{"low", format_time(point.time.ci95_low)}, {"high", format_time(point.time.ci95_high)}, {"samples", format_count(point.time.samples)}});
  tooltip(context, name, format_time(point.time.median) + " " + format_spread(point.time) + "\n" + interval);
  ImGui::PopID();
}

void draw_labels(const PanelContext& context, const TimeLayout& layout, const Plot& plot) {
  const Palette& c = context.colour();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  for (const auto& point : layout.points) {
    if (!point.on_path) continue;
    const TextStyle value = small_text(context, point.is_current ? c.text : c.text_muted), name = small_text(context, c.text_muted);
    const std::string time = format_time(point.time.median);
    const ImVec2 at = plot.at(point, point.y);
    const float top = std::min(plot.at(point, point.y_low).y, at.y - context.px(6)) - value.size - context.px(4);
    const float width = text_width(value, time);
    if (width + context.px(8) < plot.step || point.is_current || layout.columns == 1) {
      draw.AddRectFilled({at.x - width / 2 - context.px(3), top - context.px(1)}, {at.x + width / 2 + context.px(3), top + value.size + context.px(2)}, faded(c.panel, 0.85f));
      put_text(draw, value, {at.x - width / 2, top}, time);
    }
    if (!plot.has_names || (plot.step < context.px(40) && !point.is_current)) continue;
    const app::Version& version = *context.view.history->at(point.version);
    const std::string label = fitted(name, version.primitive ? version.primitive->name : version_name(version, context.words), std::max(plot.step - context.px(8), context.px(60)));
    put_text(draw, name, {at.x - text_width(name, label) / 2, plot.area.bottom() + context.px(9)}, label);
  }
}

std::string summary(const PanelContext& context) {
  const app::Version* version = context.view.version();
  const app::Measurement* measured = version ? context.view.measurement(*version) : nullptr;
  if (!measured) return {};
  if (measured->state == app::Measurement::State::Failed && measured->error) return context.words.message(*measured->error);
  std::string text;
  auto add = [&text](const std::string& part) { text += (text.empty() ? "" : " · ") + part; };
  if (measured->timed && measured->timed->time.median > 0) {
    const double gflops = static_cast<double>(measured->timed->flops) / measured->timed->time.median / 1e6;
    if (measured->timed->flops > 0) add(fmt::format("{:.{}f} GFLOP/s", gflops, gflops >= 100 ? 0 : 1));
    const auto peak = peak_of(context);
    if (measured->timed->flops > 0 && peak) add(context.words.format("time.of_peak", {{"share", fmt::format("{:.0f} %", 100 * gflops / *peak)}}));
  }
  if (measured->compiled && measured->compiled->code == "quick") add(context.words("time.quick"));
  if (measured->compiled) add(context.words.format(measured->compiled->cached ? "time.loaded" : "time.compile", {{"time", format_time(measured->compiled->compile_ms)}}));
  if (measured->timed) add(context.words.format("time.samples", {{"samples", format_count(measured->timed->time.samples)}}));
  if (measured->first_time_ms > 0) add(context.words.format("time.first", {{"time", format_time(measured->first_time_ms)}}));
  return text;
}

// How the time was taken and what disturbed it; its tooltip lists the outliers.
void draw_notes(const PanelContext& context, ImVec2 at, float width) {
  const app::Version* version = context.view.version();
  const app::Measurement* measured = version ? context.view.measurement(*version) : nullptr;
  if (!measured) return;
  std::string text;
  for (const std::string& note : time_notes(*measured, context.threads, context.words)) text += (text.empty() ? "" : " · ") + note;
  if (text.empty()) return;
  const TextStyle faint = small_text(context, context.colour().text_faint);
  put_text(*ImGui::GetWindowDrawList(), faint, at, fitted(faint, text, width));
  ImGui::SetCursorScreenPos(at);
  ImGui::InvisibleButton("##notes", {width, faint.size + context.px(4)});
  tooltip(context, text, outlier_list(measured->timed->conditions.outliers, context.words));
}

// Every version's time, the steps along the bottom.
void draw_times(const PanelContext& context, const TimeLayout& layout, const Rect& area) {
  const Palette& c = context.colour();
  const float room = area.height - context.px(kAbove);
  Plot plot;
  plot.has_names = room - context.px(kNames) >= context.px(kLowest);
  plot.area = {area.x + context.px(110), area.y + context.px(kAbove), area.width - context.px(180), room - (plot.has_names ? context.px(kNames) : 0)};
  if (plot.area.height < context.px(kLowest) || plot.area.width < context.px(kLowest)) return;
  plot.step = layout.columns > 1 ? plot.area.width / static_cast<float>(layout.columns - 1) : plot.area.width;
  draw_ticks(context, layout, plot, area.x + context.px(6));
  for (const auto& point : layout.points) {
    if (point.parent < 0) continue;
    const TimePoint& parent = layout.points[static_cast<size_t>(point.parent)];
    const bool bright = point.on_path && parent.on_path;
    ImGui::GetWindowDrawList()->AddLine(plot.at(parent, parent.y), plot.at(point, point.y), bright ? c.accent : c.line_strong, context.px(bright ? 2 : 1));
  }
  for (const auto& point : layout.points) draw_point(context, point, plot);
  draw_labels(context, layout, plot);
}

void draw_page(const PanelContext& context, const TimeLayout& layout, const Rect& area) {
  switch (context.state.time_page) {
    case TimePage::Times: return draw_times(context, layout, area);
    case TimePage::Roofline: return draw_roofline(context, area);
    case TimePage::Model: return draw_model(context, area);
  }
}

}  // namespace

void draw_time_panel(const PanelContext& context) {
  if (begin_panel(context, "###time", "panel.time")) {
    const std::array tabs{context.words("time.page.times"), context.words("time.page.roofline"), context.words("time.page.model")};
    TimePage& page = context.state.time_page;
    page = static_cast<TimePage>(panel_header(context, context.words("panel.time"), tabs, static_cast<int>(page)));
    const TimeLayout layout = layout_times(context.view);
    const ImVec2 origin = ImGui::GetWindowPos();
    const float width = ImGui::GetWindowWidth(), height = ImGui::GetWindowHeight(), margin = context.px(kPanelMargin);
    const std::string text = summary(context);
    const TextStyle muted = small_text(context, context.colour().text_muted);
    put_text(*ImGui::GetWindowDrawList(), muted, {origin.x + margin, origin.y + height - context.px(44)}, fitted(muted, text, width - 2 * margin));
    draw_notes(context, {origin.x + margin, origin.y + height - context.px(24)}, width - 2 * margin);
    const Rect area{origin.x, origin.y + context.px(kHeaderHeight), width, height - context.px(kHeaderHeight + kSummary)};
    if (!layout.points.empty()) draw_page(context, layout, area);
    else if (text.empty()) centred_note(context, context.words(context.view.version() ? "time.waiting" : "time.empty"));
  }
  end_panel();
}

}  // namespace loopglass::ui
