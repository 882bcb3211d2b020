#include "app/ui/set_strip.h"

#include <algorithm>
#include <numeric>

#include "app/ui/line_layout.h"
#include "app/ui/quantities.h"
#include "app/ui/widgets.h"

namespace loopglass::ui {
namespace {

const int64_t kLine = locality::CacheOptions{}.line;   // bytes
constexpr float kText = 20, kBars = 26;

// The name of the selected loop; nothing where a block, or nothing, is selected.
std::optional<std::string> selected_loop(const PanelContext& context) {
  const app::Version* version = context.view.version();
  if (!version || !context.state.selection) return std::nullopt;
  const auto* loop = ir::as<ir::For>(ir::node_at(version->schedule.module(), *context.state.selection));
  return loop ? std::optional(loop->loop_var->name) : std::nullopt;
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
    std::vector<int64_t> numbers;
    for (const int64_t element : part.elements) numbers.push_back(address_of(*buffer, index_of(element, buffer->shape)) / line);
    std::ranges::sort(numbers);
    const auto rest = std::ranges::unique(numbers);
    numbers.erase(rest.begin(), rest.end());
    for (const int64_t number : numbers) ++lines[static_cast<size_t>(number % sets)];
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
  lines_ = lines_by_set(access, *context.view.touched, sets_of(cache, kLine), kLine);
}

void SetStrip::draw(const PanelContext& context, const locality::Access& access, ImVec2 origin, float width) {
  if (height(context) <= 0) return;
  const measure::Cache& cache = *nearest_cache(context.caches);
  const Palette& c = context.colour();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const TextStyle muted = small_text(context, c.text_muted);
  if (!is_known(context)) return void(put_text(draw, muted, origin, fitted(muted, context.words.format("memory.sets_hint", {{"level", cache.name}}), width)));
  count(context, access, cache);
  const int most = std::ranges::max(lines_), all = std::accumulate(lines_.begin(), lines_.end(), 0);
  const bool has_room = most <= cache.ways;
  const std::string text = context.words.format(has_room ? "memory.sets_room" : "memory.sets_full", {{"loop", *selected_loop(context)}, {"lines", format_count(all)}, {"most", format_count(most)},
                                                                                                     {"level", cache.name}, {"ways", std::to_string(cache.ways)}});
  const TextStyle style = small_text(context, has_room ? c.text : c.bad);
  put_text(draw, style, origin, fitted(style, text, width));
  const float top = origin.y + context.px(kText), foot = top + context.px(kBars), scale = context.px(kBars) / static_cast<float>(std::max(most, cache.ways));
  const int columns = std::min(static_cast<int>(lines_.size()), static_cast<int>(width / 2));
  for (int i = 0; i < columns; ++i) {   // of several sets on one column the fullest
    const auto sets = static_cast<int64_t>(lines_.size());
    const auto from = lines_.begin() + i * sets / columns, to = lines_.begin() + (i + 1) * sets / columns;
    const int lines = *std::max_element(from, to);
    const float left = origin.x + width * static_cast<float>(i) / static_cast<float>(columns), right = origin.x + width * static_cast<float>(i + 1) / static_cast<float>(columns);
    if (lines > 0) draw.AddRectFilled({left, foot - scale * static_cast<float>(lines)}, {std::max(right - 1, left + 1), foot}, lines > cache.ways ? c.bad : c.accent);
  }
  const float room = foot - scale * static_cast<float>(cache.ways);
  draw.AddLine({origin.x, room}, {origin.x + width, room}, c.warn);
  draw.AddLine({origin.x, foot}, {origin.x + width, foot}, c.line_strong);
  ImGui::SetCursorScreenPos({origin.x, top});
  ImGui::InvisibleButton("##sets", {width, context.px(kBars)});
  const auto set = std::clamp<size_t>(static_cast<size_t>((ImGui::GetMousePos().x - origin.x) / width * static_cast<float>(lines_.size())), 0, lines_.size() - 1);
  tooltip(context, context.words.format("memory.sets_column", {{"level", cache.name}, {"set", format_count(static_cast<int64_t>(set))}, {"sets", format_count(static_cast<int64_t>(lines_.size()))},
                                                               {"lines", format_count(lines_[set])}, {"ways", std::to_string(cache.ways)}}),
          context.words("memory.glossary"));
}

}  // namespace loopglass::ui
