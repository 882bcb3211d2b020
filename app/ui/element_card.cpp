#include "app/ui/element_card.h"

#include <algorithm>

#include "app/model/cache_levels.h"
#include "app/ui/memory_modes.h"
#include "app/ui/quantities.h"
#include "app/ui/touchers_text.h"

namespace loopglass::ui {
namespace {

// Where an element is at the moment that is shown; empty where none is.
std::string now_in(const PanelContext& context, const locality::BufferAccess& buffer, size_t number, const std::vector<int64_t>& index) {
  const app::Instant* instant = context.state.heat_mode == HeatMode::Now ? context.view.instant.get() : nullptr;
  if (!instant || number >= instant->lines.size()) return {};
  const int level = level_now(buffer, instant->lines[number], app::kLine, index);
  return context.words.format("memory.now_in", {{"level", level > 0 ? instant->levels[static_cast<size_t>(level) - 1].name : std::string(context.words("memory.in_memory"))}}) + "\n";
}

// "32 of 64 bytes".
std::string with_unit(const PanelContext& context, HeatMode mode, const std::string& value) {
  return mode == HeatMode::LineUse ? context.words.format("memory.bytes_of_line", {{"count", value}}) : value;
}

}  // namespace

std::string element_card(const PanelContext& context, const locality::Access& access, const PictureSource& source, size_t number, const std::vector<int64_t>& index) {
  const locality::BufferAccess& buffer = access.buffers[number];
  const int64_t flat = flat_index(index, buffer.shape);
  const auto count = [&](HeatMode mode) { return format_count(std::max<int64_t>(value_of(buffer, mode, flat), 0)); };
  const int64_t first = value_of(buffer, HeatMode::FirstTouch, flat);
  std::string text = element_text(buffer, index) + "\n" + context.words.format("memory.element", {{"reads", count(HeatMode::Reads)}, {"writes", count(HeatMode::Writes)}}) + "\n";
  text += first < 0 ? std::string(context.words("memory.never")) : context.words.format("memory.first_at", {{"ordinal", format_count(first)}});
  if (source.before) text += "\n" + std::string(context.words("memory.more_than")) + ": " + value_text(source, flat);
  else if (source.computed) text += "\n" + mode_name(context, source.mode) + ": " + with_unit(context, source.mode, value_text(source, flat));
  if (const std::string now = now_in(context, buffer, number, index); !now.empty()) text += "\n" + now;
  for (const locality::BufferMisses& level : buffer.misses)
    text += "\n" + context.words.format("memory.line_misses", {{"level", level.level}, {"count", format_count(level.of_elements.at(static_cast<size_t>(flat)))}});
  if (const std::string set = set_text(context, buffer, index); !set.empty()) text += "\n" + set;
  if (const app::Touchers* known = context.view.touchers.get(); known && known->element == app::BufferElement{buffer.buffer->name, index}) text += "\n" + touchers_text(*known, context.words);
  return text;
}

}  // namespace loopglass::ui
