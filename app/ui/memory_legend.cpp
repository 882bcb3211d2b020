#include "app/ui/memory_legend.h"

#include <algorithm>

#include "app/ui/memory_figures.h"
#include "app/ui/memory_layout.h"
#include "app/ui/quantities.h"
#include "app/ui/widgets.h"

namespace loopglass::ui {
namespace {

constexpr float kRampWidth = 210, kRampHeight = 9;

ImVec2 corner_of(const PanelContext& context) {
  return {ImGui::GetWindowPos().x + context.px(kPanelMargin), ImGui::GetWindowPos().y + ImGui::GetWindowHeight() - context.px(kLegendHeight - 4)};
}

std::shared_ptr<const gl::Pyramid> make_ramp() {
  gl::HeatmapPlane values{256, 1, std::vector<float>(256)};
  for (size_t i = 0; i < values.values.size(); ++i) values.values[i] = static_cast<float>(i) / 255;
  return std::make_shared<const gl::Pyramid>(gl::source_of(std::move(values)), gl::Pooling::Largest);
}

}  // namespace

GLuint MemoryLegend::ramp(const PanelContext& context, gl::HeatmapStyle style, float width, float height) {
  static const std::shared_ptr<const gl::Pyramid> kRamp = make_ramp();
  ramp_.set_values(kRamp);
  style.high = 1;
  style.logarithmic = false;
  return ramp_.texture(context.heatmaps, static_cast<int>(width), static_cast<int>(height), style);
}

void MemoryLegend::draw(const PanelContext& context, const Scale& scale, float width) {
  const ImVec2 origin = corner_of(context);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const TextStyle muted = small_text(context, context.colour().text_muted);
  const float bar = std::min(width * 0.5f, context.px(kRampWidth)), height = context.px(kRampHeight);
  const float wide = put_text(draw, muted, origin, fitted(muted, scale.title, width));
  ImGui::SetCursorScreenPos(origin);
  ImGui::InvisibleButton("##title", {std::max(wide, 1.0f), muted.size});
  tooltip(context, scale.title, context.words("memory.glossary"));
  const ImVec2 from{origin.x, origin.y + context.px(17)}, to{origin.x + bar, origin.y + context.px(17) + height};
  draw.AddImage(static_cast<ImTextureID>(ramp(context, scale.style, bar, height)), from, to, {0, 1}, {1, 0});
  const float y = to.y + context.px(2);
  put_text(draw, muted, {from.x, y}, scale.low);
  put_text(draw, muted, {from.x + bar / 2 - text_width(muted, scale.middle) / 2, y}, scale.middle);
  put_text(draw, muted, {to.x - text_width(muted, scale.high), y}, scale.high);
  put_text(draw, small_text(context, context.colour().warn), {to.x + context.px(14), y}, scale.before);
  ImGui::SetCursorScreenPos({to.x + context.px(14), from.y - context.px(6)});
  if (link(context, context.words(context.state.logarithmic ? "memory.logarithmic" : "memory.linear"))) context.state.logarithmic = !context.state.logarithmic;
  tooltip(context, context.words("memory.scale_help"));
  const float total_x = origin.x + width - text_width(muted, scale.total);
  if (total_x > to.x + context.px(80)) put_text(draw, muted, {total_x, from.y - context.px(2)}, scale.total);
}

void MemoryLegend::draw_moment(const PanelContext& context, const gl::HeatmapStyle& style, float width) {
  const app::Instant& instant = *context.view.instant;
  const ImVec2 origin = corner_of(context);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const TextStyle muted = small_text(context, context.colour().text_muted);
  const size_t levels = instant.levels.size();
  put_text(draw, muted, origin, fitted(muted, levels == 0 && !context.caches.empty() ? no_misses_yet(context) : std::string(context.words(levels > 0 ? "memory.unit.now" : "memory.no_caches")), width));
  if (levels == 0) return;
  float x = origin.x;
  const float side = context.px(11), y = origin.y + context.px(19);
  for (size_t level = 0; level <= levels; ++level) {
    const bool is_memory = level == levels;
    const float near = nearness(is_memory ? 0 : static_cast<int>(level) + 1, levels);
    const std::string label = is_memory ? std::string(context.words("memory.in_memory"))
                                        : context.words.format("memory.in_level", {{"level", instant.levels[level].name}, {"count", format_count(instant.levels[level].held)}});
    if (x + side + text_width(muted, label) > origin.x + width) break;
    const float at = std::clamp(near, 0.01f, 0.99f);
    draw.AddImage(static_cast<ImTextureID>(ramp(context, style, context.px(kRampWidth), context.px(kRampHeight))), {x, y}, {x + side, y + side}, {at, 0}, {at, 1});
    x += side + context.px(5);
    x += put_text(draw, muted, {x, y - context.px(2)}, label) + context.px(14);
  }
}

}  // namespace loopglass::ui
