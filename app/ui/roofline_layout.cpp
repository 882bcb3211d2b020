#include "app/ui/roofline_layout.h"

#include <algorithm>
#include <cmath>

namespace loopglass::ui {
namespace {

// A logarithmic axis over whole powers of ten.
struct Axis {
  double low = 0.01, high = 100;
  float at(double value) const { return static_cast<float>(std::clamp(std::log(value / low) / std::log(high / low), 0.0, 1.0)); }
  void include(double value) {
    while (value < low) low /= 10;
    while (value > high) high *= 10;
  }
  std::vector<RoofTick> ticks() const {
    std::vector<RoofTick> ticks;
    for (double value = low; value <= high * 1.001; value *= 10) ticks.push_back({at(value), value});
    return ticks;
  }
};

struct Measured {
  int version;
  double intensity, gflops;
  bool verified;
};

std::vector<Measured> measured_versions(const app::View& view) {
  std::vector<Measured> found;
  if (!view.history || view.history->empty()) return found;
  const int source_root = view.history->root_of(view.history->current()->id)->id;
  for (const auto& version : view.history->versions()) {
    const app::Measurement* measured = view.measurement(*version);
    if (!measured || !measured->timed || measured->timed->time.samples == 0 || view.history->root_of(version->id)->id != source_root) continue;
    const measure::Timed& timed = *measured->timed;
    if (timed.flops <= 0 || timed.bytes_min <= 0 || timed.time.median <= 0) continue;
    found.push_back({version->id, static_cast<double>(timed.flops) / static_cast<double>(timed.bytes_min), static_cast<double>(timed.flops) / timed.time.median / 1e6,
                     measured->verified && measured->verified->ok});
  }
  return found;
}

// Where a bandwidth's line meets the peak's.
Roof slope(const measure::Bandwidth& bandwidth, double peak, const Axis& x, const Axis& y) {
  const double from = std::max(x.low, y.low / bandwidth.gb_per_s), to = std::min(x.high, peak / bandwidth.gb_per_s);
  return {bandwidth.level, bandwidth.gb_per_s, x.at(from), 1 - y.at(from * bandwidth.gb_per_s), x.at(to), 1 - y.at(to * bandwidth.gb_per_s)};
}

}  // namespace

RooflineLayout layout_roofline(const app::View& view, const measure::Peaks& peaks, double peak) {
  RooflineLayout layout;
  Axis x, y;
  y.low = 1;
  y.include(peak * 1.2);
  const std::vector<Measured> versions = measured_versions(view);
  for (const Measured& m : versions) x.include(m.intensity), y.include(m.gflops);
  for (const measure::Bandwidth& bandwidth : peaks.bandwidths) layout.roofs.push_back(slope(bandwidth, peak, x, y));
  const double knee = peaks.bandwidths.empty() ? x.low : std::max(x.low, peak / peaks.bandwidths.front().gb_per_s);
  layout.roofs.push_back({"", peak, x.at(knee), 1 - y.at(peak), 1, 1 - y.at(peak)});
  for (const Measured& m : versions) {
    const bool is_current = m.version == view.history->current()->id;
    layout.points.push_back({m.version, x.at(m.intensity), 1 - y.at(m.gflops), m.gflops, is_current, m.verified});
  }
  layout.intensities = x.ticks();
  layout.speeds = y.ticks();
  for (RoofTick& tick : layout.speeds) tick.at = 1 - tick.at;
  return layout;
}

}  // namespace loopglass::ui
