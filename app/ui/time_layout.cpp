#include "app/ui/time_layout.h"

#include <algorithm>
#include <cmath>

namespace loopglass::ui {
namespace {

constexpr double kLogarithmicFrom = 20;   // slowest / fastest
constexpr double kHeadRoom = 1.12;        // of the scale above the slowest

// 1, 2 or 5 times a power of ten, so that about `count` of them reach `top`.
double nice_step(double top, int count) {
  const double raw = top / count;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (raw <= factor * power) return factor * power;
  return 10 * power;
}

struct Scale {
  bool logarithmic = false;
  double low = 0, high = 1;   // ms
  float y(double ms) const {
    const double t = logarithmic ? std::log(ms / low) / std::log(high / low) : (ms - low) / (high - low);
    return static_cast<float>(1 - std::clamp(t, 0.0, 1.0));
  }
};

Scale scale_of(const std::vector<TimePoint>& points) {
  Scale scale;
  double fastest = 1e300, slowest = 0;
  for (const auto& point : points) {
    fastest = std::min(fastest, point.time.ci95_low);
    slowest = std::max(slowest, point.time.ci95_high);
  }
  if (points.empty() || slowest <= 0) return scale;
  scale.logarithmic = fastest > 0 && slowest / fastest > kLogarithmicFrom;
  scale.low = scale.logarithmic ? std::pow(10, std::floor(std::log10(fastest))) : 0;
  scale.high = scale.logarithmic ? std::pow(10, std::ceil(std::log10(slowest * kHeadRoom))) : slowest * kHeadRoom;
  return scale;
}

std::vector<TimeTick> ticks_of(const Scale& scale) {
  std::vector<TimeTick> ticks;
  if (scale.logarithmic) {
    for (double ms = scale.low; ms <= scale.high * 1.001; ms *= 10) ticks.push_back({scale.y(ms), ms});
    return ticks;
  }
  const double step = nice_step(scale.high, 4);
  for (double ms = 0; ms <= scale.high; ms += step) ticks.push_back({scale.y(ms), ms});
  return ticks;
}

}  // namespace

TimeLayout layout_times(const app::View& view) {
  TimeLayout layout;
  if (!view.history || view.history->empty()) return layout;
  const HistoryLayout history = layout_history(*view.history);
  layout.columns = history.columns;
  std::vector<int> point_of(history.nodes.size(), -1);   // the node's own point, else its nearest measured ancestor's
  for (size_t i = 0; i < history.nodes.size(); ++i) {
    const HistoryNode& node = history.nodes[i];
    point_of[i] = node.parent >= 0 ? point_of[static_cast<size_t>(node.parent)] : -1;
    const app::Measurement* measured = view.measurement(*view.history->at(node.version));
    if (!measured || !measured->timed || measured->timed->time.samples == 0) continue;
    TimePoint point{node.version, point_of[i]};
    point.x = static_cast<float>(node.column);
    point.time = measured->timed->time;
    point.on_path = node.on_path;
    point.is_current = node.version == view.history->current()->id;
    point.verified = measured->verified && measured->verified->ok;
    point_of[i] = static_cast<int>(layout.points.size());
    layout.points.push_back(point);
  }
  const Scale scale = scale_of(layout.points);
  for (auto& point : layout.points) {
    point.x = history.columns > 1 ? point.x / static_cast<float>(history.columns - 1) : 0;
    point.y = scale.y(point.time.median);
    point.y_low = scale.y(point.time.ci95_high);
    point.y_high = scale.y(point.time.ci95_low);
  }
  layout.logarithmic = scale.logarithmic;
  if (!layout.points.empty()) layout.ticks = ticks_of(scale);
  return layout;
}

std::vector<TimeTick> ticks_that_fit(const std::vector<TimeTick>& ticks, float apart) {
  if (ticks.size() < 2) return ticks;
  const float step = std::max(std::abs(ticks[1].y - ticks[0].y), 1e-6f);
  const auto stride = static_cast<size_t>(std::max(std::ceil(std::min(apart / step, 1e6f)), 1.0f));
  std::vector<TimeTick> kept;
  for (size_t i = 0; i < ticks.size(); i += stride) kept.push_back(ticks[i]);
  return kept;
}

measure::Verdict against_start(const measure::TimeEstimate& time, const measure::TimeEstimate& start) {
  const double ratio = time.median > 0 ? start.median / time.median : 1;
  const bool overlap = time.ci95_low <= start.ci95_high && start.ci95_low <= time.ci95_high;
  if (overlap || std::abs(ratio - 1) < measure::kIndifference) return measure::Verdict::Tie;
  return ratio > 1 ? measure::Verdict::Faster : measure::Verdict::Slower;
}

}  // namespace loopglass::ui
