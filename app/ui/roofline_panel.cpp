#include "app/ui/roofline_panel.h"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "app/ui/history_layout.h"
#include "app/ui/model_layout.h"
#include "app/ui/model_panel.h"
#include "app/ui/quantities.h"
#include "app/ui/roofline_layout.h"
#include "app/ui/widgets.h"

namespace loopglass::ui {
namespace {

constexpr float kLeft = 72, kBelow = 40, kRight = 24, kTop = 26;   // pixels around the plot: for the speeds, for the intensities, for the unit
constexpr float kLowest = 40;

ImVec2 point_in(const Rect& plot, float x, float y) { return {std::floor(plot.x + x * plot.width), std::floor(plot.y + y * plot.height)}; }

void draw_axes(const PanelContext& context, const RooflineLayout& layout, int level, const Rect& plot) {
  const Palette& c = context.colour();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const TextStyle faint = small_text(context, c.text_faint);
  for (const AxisTick& tick : layout.speeds) {
    const ImVec2 at = point_in(plot, 0, tick.at);
    draw.AddLine(at, {plot.right(), at.y}, c.line);
    const std::string text = fmt::format("{:g}", tick.value);
    put_text(draw, faint, {at.x - context.px(8) - text_width(faint, text), at.y - faint.size / 2}, text);
  }
  for (const AxisTick& tick : layout.intensities) {
    const std::string text = fmt::format("{:g}", tick.value);
    const ImVec2 at = point_in(plot, tick.at, 1);
    put_text(draw, faint, {at.x - text_width(faint, text) / 2, at.y + context.px(5)}, text);
  }
  put_text(draw, faint, {plot.x - context.px(8) - text_width(faint, "GFLOP/s"), plot.y - context.px(20)}, "GFLOP/s");
  if (std::ranges::any_of(layout.points, &RoofPoint::is_modelled)) return draw_level_choice(context, "roofline.intensity_beyond", level, plot.x + plot.width / 2, plot.bottom() + context.px(18));
  const std::string unit = context.words("roofline.intensity");
  put_text(draw, faint, {plot.x + (plot.width - text_width(faint, unit)) / 2, plot.bottom() + context.px(20)}, unit);
}

std::string roof_name(const PanelContext& context, const Roof& roof) {
  if (roof.level.empty()) return context.words.format("roofline.peak", {{"gflops", fmt::format("{:.0f}", roof.value)}});
  const std::string level = roof.level == "memory" ? std::string(context.words("roofline.memory")) : roof.level;
  return context.words.format("roofline.bandwidth", {{"level", level}, {"speed", fmt::format("{:.0f}", roof.value)}});
}

// `along` says how far up a slope its name stands (0..1), so that the names of neighbours do not meet.
void name_roof(const PanelContext& context, const Roof& roof, float along, const Rect& plot) {
  const Palette& c = context.colour();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const TextStyle muted = small_text(context, c.text_muted);
  const ImVec2 from = point_in(plot, roof.x0, roof.y0), to = point_in(plot, roof.x1, roof.y1);
  const std::string name = roof_name(context, roof);
  if (roof.level.empty()) {
    put_text(draw, muted, {to.x - text_width(muted, name), to.y - muted.size - context.px(3)}, name);
    return;
  }
  const ImVec2 at{from.x + (to.x - from.x) * along, from.y + (to.y - from.y) * along};
  const float width = text_width(muted, name);
  draw.AddRectFilled({at.x + context.px(4), at.y - context.px(1)}, {at.x + context.px(8) + width, at.y + muted.size + context.px(1)}, faded(c.panel, 0.85f));
  put_text(draw, muted, {at.x + context.px(6), at.y}, name);
}

// What its place from the left is made of.
std::string intensity_text(const PanelContext& context, const RoofPoint& point) {
  const std::vector<std::string> levels = simulated_levels(context.caches);
  const int level = level_to_show(context.view, levels, context.state.traffic_level);
  const std::string intensity = fmt::format("{:.3g}", point.intensity), bytes = format_bytes(point.bytes);
  if (!point.is_modelled || level < 0) return context.words.format("roofline.of_data", {{"intensity", intensity}, {"bytes", bytes}});
  return context.words.format("roofline.of_traffic", {{"intensity", intensity}, {"bytes", bytes}, {"level", levels[static_cast<size_t>(level)]}});
}

// `are_modelled`: some points' bytes are the model's; those whose are not are hollow then.
void draw_version(const PanelContext& context, const RoofPoint& point, bool are_modelled, const Rect& plot) {
  const Palette& c = context.colour();
  const ImVec2 at = point_in(plot, point.x, point.y);
  const ImU32 ink = !point.verified ? c.bad : point.is_current ? c.accent : c.text_muted;
  const float radius = context.px(point.is_current ? 5 : 3.5f);
  if (point.is_modelled || !are_modelled) ImGui::GetWindowDrawList()->AddCircleFilled(at, radius, ink, 12);
  else ImGui::GetWindowDrawList()->AddCircle(at, radius, ink, 12, context.px(1.5f));
  ImGui::SetCursorScreenPos({at.x - context.px(8), at.y - context.px(8)});
  ImGui::PushID(point.version);
  if (ImGui::InvisibleButton("##roof_point", {context.px(16), context.px(16)})) context.send(app::GoTo{point.version});
  tooltip(context, version_name(*context.view.history->at(point.version), context.words), fmt::format("{:.3g} GFLOP/s\n{}", point.gflops, intensity_text(context, point)));
  ImGui::PopID();
}

}  // namespace

std::optional<double> peak_of(const PanelContext& context) {
  const app::Version* version = context.view.version();
  const ir::Function function = version ? ir::find_function(version->schedule.module(), version->source->function) : nullptr;
  return context.peaks && function ? measure::peak_gflops(*context.peaks, *function, context.threads) : std::nullopt;
}

void draw_roofline(const PanelContext& context, const Rect& area) {
  if (!context.peaks) return centred_note(context, context.words("roofline.measuring"));
  const auto peak = peak_of(context);
  const int level = level_to_show(context.view, simulated_levels(context.caches), context.state.traffic_level);
  const RooflineLayout layout = peak ? layout_roofline(context.view, *context.peaks, *peak, level) : RooflineLayout();
  if (layout.points.empty()) return centred_note(context, context.words("roofline.no_flops"));
  const Rect plot{area.x + context.px(kLeft), area.y + context.px(kTop), area.width - context.px(kLeft + kRight), area.height - context.px(kTop + kBelow)};
  if (plot.width < context.px(kLowest) || plot.height < context.px(kLowest)) return;
  draw_axes(context, layout, level, plot);
  for (const Roof& roof : layout.roofs)
    ImGui::GetWindowDrawList()->AddLine(point_in(plot, roof.x0, roof.y0), point_in(plot, roof.x1, roof.y1), context.colour().line_strong, context.px(1.5f));
  const auto count = static_cast<float>(layout.roofs.size());
  for (size_t i = 0; i < layout.roofs.size(); ++i) name_roof(context, layout.roofs[i], 1 - (static_cast<float>(i) + 1) / count, plot);
  const bool are_modelled = std::ranges::any_of(layout.points, &RoofPoint::is_modelled);
  for (const bool is_current : {false, true})
    for (const RoofPoint& point : layout.points)
      if (point.is_current == is_current) draw_version(context, point, are_modelled, plot);
}

}  // namespace loopglass::ui
