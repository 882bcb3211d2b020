#include "app/ui/roofline_layout.h"

#include <algorithm>
#include <cmath>

namespace loopglass::ui {
namespace {

struct Measured {
  int version;
  double intensity, gflops;
  int64_t bytes;
  bool verified, is_modelled;
};

std::vector<Measured> measured_versions(const app::View& view, int level) {
  std::vector<Measured> found;
  if (!view.history || view.history->empty()) return found;
  const int source_root = view.history->root_of(view.history->current()->id)->id;
  for (const auto& version : view.history->versions()) {
    const app::Measurement* measured = view.measurement(*version);
    if (!measured || !measured->timed || measured->timed->time.samples == 0 || view.history->root_of(version->id)->id != source_root) continue;
    const measure::Timed& timed = *measured->timed;
    if (timed.flops <= 0 || timed.bytes_min <= 0 || timed.time.median <= 0) continue;
    const auto traffic = view.traffic.find(version->id);
    const std::optional<int64_t> modelled = traffic == view.traffic.end() ? std::nullopt : traffic->second.bytes_from_beyond(level);
    const bool is_modelled = modelled.value_or(0) > 0;
    const int64_t bytes = is_modelled ? *modelled : timed.bytes_min;
    found.push_back({version->id, static_cast<double>(timed.flops) / static_cast<double>(bytes), static_cast<double>(timed.flops) / timed.time.median / 1e6, bytes,
                     measured->verified && measured->verified->ok, is_modelled});
  }
  return found;
}

// Where a bandwidth's line meets the peak's.
Roof slope(const measure::Bandwidth& bandwidth, double peak, const LogAxis& x, const LogAxis& y) {
  const double from = std::max(x.low, y.low / bandwidth.gb_per_s), to = std::min(x.high, peak / bandwidth.gb_per_s);
  return {bandwidth.level, bandwidth.gb_per_s, x.at(from), 1 - y.at(from * bandwidth.gb_per_s), x.at(to), 1 - y.at(to * bandwidth.gb_per_s)};
}

}  // namespace

RooflineLayout layout_roofline(const app::View& view, const measure::Peaks& peaks, double peak, int level) {
  RooflineLayout layout;
  LogAxis x, y;
  y.low = 1;
  y.include(peak * 1.2);
  const std::vector<Measured> versions = measured_versions(view, level);
  for (const Measured& m : versions) x.include(m.intensity), y.include(m.gflops);
  for (const measure::Bandwidth& bandwidth : peaks.bandwidths) layout.roofs.push_back(slope(bandwidth, peak, x, y));
  const double knee = peaks.bandwidths.empty() ? x.low : std::max(x.low, peak / peaks.bandwidths.front().gb_per_s);
  layout.roofs.push_back({"", peak, x.at(knee), 1 - y.at(peak), 1, 1 - y.at(peak)});
  for (const Measured& m : versions) {
    const bool is_current = m.version == view.history->current()->id;
    layout.points.push_back({m.version, x.at(m.intensity), 1 - y.at(m.gflops), m.gflops, m.intensity, m.bytes, is_current, m.verified, m.is_modelled});
  }
  layout.intensities = x.ticks();
  layout.speeds = y.ticks();
  for (AxisTick& tick : layout.speeds) tick.at = 1 - tick.at;
  return layout;
}

}  // namespace loopglass::ui
