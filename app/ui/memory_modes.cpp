#include "app/ui/memory_modes.h"

#include <algorithm>

#include "app/ui/memory_layout.h"

namespace loopglass::ui {

std::vector<NamedMode> heat_modes(const PanelContext& context) {
  const Locale& words = context.words;
  std::vector<NamedMode> modes{{HeatMode::Accesses, words("memory.mode.accesses")}, {HeatMode::Reads, words("memory.mode.reads")},     {HeatMode::Writes, words("memory.mode.writes")},
                               {HeatMode::FirstTouch, words("memory.mode.first")},  {HeatMode::LastTouch, words("memory.mode.last")}};
  const std::vector<std::string> levels = simulated_levels(context.caches);
  for (size_t level = 0; level < std::min(levels.size(), kMissModes.size()); ++level)
    modes.push_back({kMissModes[level], words.format("memory.mode.misses", {{"level", levels[level]}})});
  for (const HeatMode mode : {HeatMode::ReuseMedian, HeatMode::ReuseMin, HeatMode::ReuseMax, HeatMode::LineUse, HeatMode::Thread})
    modes.push_back({mode, words("memory.mode." + std::string(app::to_string(*element_quantity(mode))))});
  modes.push_back({HeatMode::Now, words("memory.mode.now")});
  modes.push_back({HeatMode::Figures, words("memory.mode.figures")});
  return modes;
}

std::string mode_name(const PanelContext& context, HeatMode mode) {
  const std::vector<NamedMode> modes = heat_modes(context);
  const auto found = std::ranges::find(modes, mode, &NamedMode::mode);
  return found == modes.end() ? std::string() : found->name;
}

bool has_tab(HeatMode mode) { return mode == HeatMode::Accesses || mode == HeatMode::FirstTouch || mode == HeatMode::Misses1 || mode == HeatMode::Now || mode == HeatMode::Figures; }

const char* unit_key(HeatMode mode) {
  switch (mode) {
    case HeatMode::Reads: return "memory.unit.reads";
    case HeatMode::Writes: return "memory.unit.writes";
    case HeatMode::FirstTouch: return "memory.unit.first";
    case HeatMode::LastTouch: return "memory.unit.last";
    case HeatMode::Misses1:
    case HeatMode::Misses2:
    case HeatMode::Misses3: return "memory.unit.misses";
    case HeatMode::ReuseMin: return "memory.unit.reuse_min";
    case HeatMode::ReuseMedian: return "memory.unit.reuse_median";
    case HeatMode::ReuseMax: return "memory.unit.reuse_max";
    case HeatMode::LineUse: return "memory.unit.line_use";
    case HeatMode::Thread: return "memory.unit.thread";
    case HeatMode::Now: return "memory.unit.now";
    case HeatMode::Accesses:
    case HeatMode::Figures: break;
  }
  return "memory.unit.accesses";
}

std::optional<app::ElementQuantity> element_quantity(HeatMode mode) {
  switch (mode) {
    case HeatMode::ReuseMin: return app::ElementQuantity::ReuseMin;
    case HeatMode::ReuseMedian: return app::ElementQuantity::ReuseMedian;
    case HeatMode::ReuseMax: return app::ElementQuantity::ReuseMax;
    case HeatMode::LineUse: return app::ElementQuantity::LineUse;
    case HeatMode::Thread: return app::ElementQuantity::Thread;
    default: return std::nullopt;
  }
}

bool is_comparable(HeatMode mode) {
  return mode == HeatMode::Accesses || mode == HeatMode::Reads || mode == HeatMode::Writes || level_of(mode) >= 0;
}

}  // namespace loopglass::ui
