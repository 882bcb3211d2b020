#include "app/ui/set_strip.h"

#include <algorithm>

#include "app/model/cache_levels.h"
#include "app/ui/quantities.h"
#include "app/ui/sets_layout.h"
#include "app/ui/widgets.h"
#include "engine/locality/touched_lines.h"

namespace loopglass::ui {
namespace {

using app::kLine;
constexpr float kText = 20, kBars = 26;

// The name of the selected loop; nothing where a block, or nothing, is selected.
std::optional<std::string> selected_loop(const PanelContext& context) {
  const app::Version* version = context.view.version();
  if (!version || !context.state.selection) return std::nullopt;
  const auto* loop = ir::as<ir::For>(ir::node_at(version->schedule.module(), *context.state.selection));
  return loop ? std::optional(loop->loop_var->name) : std::nullopt;
}

// How an address gives the set, and how far on the rows of each buffer are.
std::string rule_text(const PanelContext& context, const locality::Access& access, int64_t sets) {
  std::string text = context.words.format("memory.set_rule", {{"line", std::to_string(kLine)}, {"sets", std::to_string(sets)}});
  for (const locality::BufferAccess& buffer : access.buffers) {
    const int64_t pitch = buffer.strides.size() < 2 ? 0 : buffer.strides[buffer.strides.size() - 2];
    if (pitch <= 0 || pitch % kLine != 0 || buffer.first.empty()) continue;
    text += "\n" + context.words.format("memory.set_rule_of", {{"buffer", buffer.buffer->name}, {"bytes", format_count(pitch)}, {"lines", format_count(pitch / kLine)}, {"on", format_count(pitch / kLine % sets)}});
  }
  return text;
}

bool is_known(const PanelContext& context) { return context.view.touched && context.state.selection && context.view.touched_loop == context.state.selection && selected_loop(context); }

}  // namespace

const measure::Cache* nearest_cache(const Caches& caches) {
  const auto found = std::ranges::find_if(caches, [](const auto& cache) { return cache.ways > 0; });
  return found == caches.end() ? nullptr : &*found;
}

int64_t sets_of(const measure::Cache& cache, int64_t line) { return std::max<int64_t>(cache.bytes / (cache.ways * line), 1); }

std::vector<int> lines_by_set(const locality::Access& access, const std::vector<locality::Touched>& touched, int64_t sets, int64_t line) {
  std::vector<int> lines(static_cast<size_t>(sets));
  for (const locality::Touched& part : touched) {
    const auto buffer = std::ranges::find_if(access.buffers, [&](const auto& b) { return b.buffer->name == part.buffer->name; });
    if (buffer == access.buffers.end() || buffer->first.empty()) continue;
    const int64_t first = buffer->base / line;
    locality::lines_of(locality::placed(*buffer), part.elements, line).for_each([&](int64_t number) { ++lines[static_cast<size_t>((first + number) % sets)]; });
  }
  return lines;
}

float SetStrip::height(const PanelContext& context) const {
  if (context.state.heat_mode != HeatMode::Misses1 || !nearest_cache(context.caches)) return 0;
  return context.px(is_known(context) ? kText + kBars + 6 : kText);
}

void SetStrip::count(const PanelContext& context, const locality::Access& access, const measure::Cache& cache) {
  if (touched_ == context.view.touched.get() && access_ == &access) return;
  touched_ = context.view.touched.get();
  access_ = &access;
  sets_.clear();
  for (const int lines : lines_by_set(access, *context.view.touched, sets_of(cache, kLine), kLine)) sets_.push_back({lines, 0});
}

void SetStrip::draw(const PanelContext& context, const locality::Access& access, ImVec2 origin, float width) {
  if (height(context) <= 0) return;
  const measure::Cache& cache = *nearest_cache(context.caches);
  const Palette& c = context.colour();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const TextStyle muted = small_text(context, c.text_muted);
  if (!is_known(context)) return void(put_text(draw, muted, origin, fitted(muted, context.words.format("memory.sets_hint", {{"level", cache.name}}), width)));
  count(context, access, cache);
  int64_t most = 0, all = 0;
  for (const locality::SetPressure& set : sets_) most = std::max(most, set.lines), all += set.lines;
  const int64_t held = static_cast<int64_t>(sets_.size()) * cache.ways;
  const bool has_room = most <= cache.ways;
  const char* key = has_room ? "memory.sets_room" : all <= held ? "memory.sets_full" : "memory.sets_many";
  const std::string text = context.words.format(key, {{"loop", *selected_loop(context)}, {"lines", format_count(all)}, {"all", format_count(held)}, {"most", format_count(most)},
                                                      {"level", cache.name}, {"ways", std::to_string(cache.ways)}});
  const TextStyle style = small_text(context, has_room ? c.text : c.bad);
  put_text(draw, style, origin, fitted(style, text, width));
  const float top = origin.y + context.px(kText), foot = top + context.px(kBars);
  const SetsLayout layout = layout_sets(sets_, cache.ways, std::max(static_cast<int>(width / 2), 1));
  for (const SetColumn& column : layout.columns) {
    const float left = origin.x + width * column.left, right = std::max(origin.x + width * column.right - 1, left + 1);
    if (column.lines > 0) draw.AddRectFilled({left, foot - context.px(kBars) * column.height}, {right, foot}, column.is_over ? c.bad : c.accent);
  }
  const float room = foot - context.px(kBars) * layout.ways_at;
  draw.AddLine({origin.x, room}, {origin.x + width, room}, c.warn);
  draw.AddLine({origin.x, foot}, {origin.x + width, foot}, c.line_strong);
  ImGui::SetCursorScreenPos({origin.x, top});
  ImGui::InvisibleButton("##sets", {width, context.px(kBars)});
  if (!ImGui::IsItemHovered()) return;
  const float at = std::clamp((ImGui::GetMousePos().x - origin.x) / width, 0.0f, 0.9999f);
  const auto set = static_cast<size_t>(at * static_cast<float>(sets_.size()));
  tooltip_left_of(context, ImGui::GetWindowPos().x, context.words.format("memory.sets_column", {{"level", cache.name}, {"set", format_count(static_cast<int64_t>(set))}, {"sets", format_count(static_cast<int64_t>(sets_.size()))},
                                                               {"lines", format_count(sets_[set].lines)}, {"ways", std::to_string(cache.ways)}}),
          rule_text(context, access, static_cast<int64_t>(sets_.size())) + "\n" + context.words("memory.sets_scale") + "\n" + context.words("memory.glossary"));
}

}  // namespace loopglass::ui
