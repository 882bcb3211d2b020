#include "app/ui/time_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/ui/quantities.h"

namespace loopglass::ui {
namespace {

constexpr double kWorthTelling = 0.005;   // share of the time

std::string percent(double share) { return fmt::format("{:.{}f} %", 100 * share, share < 0.1 ? 1 : 0); }

std::string counters(const measure::Timed& timed, const Locale& words) {
  std::string text;
  double cycles = 0, instructions = 0;
  for (const auto& [name, value] : timed.counters) {
    if (name == "cycles") cycles = value;
    if (name == "instructions") instructions = value;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", format_count(std::llround(value)), name);
  }
  if (cycles > 0 && instructions > 0) text += words.format("time.a_cycle", {{"instructions", fmt::format("{:.2f}", instructions / cycles)}});
  return words.format("time.counters", {{"counters", text}});
}

}  // namespace

std::vector<std::string> time_notes(const app::Measurement& measured, int threads, const Locale& words) {
  std::vector<std::string> notes;
  if (!measured.timed || measured.timed->time.samples == 0) return notes;
  const measure::Timed& timed = *measured.timed;
  const measure::Conditions& conditions = timed.conditions;
  notes.emplace_back(words(conditions.cold ? "time.cold" : "time.warm"));
  if (conditions.outliers.count > 0)
    notes.push_back(words.format(conditions.outliers.count == 1 ? "time.outlier" : "time.outliers", {{"count", format_count(conditions.outliers.count)}, {"time", format_time(conditions.outliers.ms.front())}}));
  if (conditions.drifted > 0)
    notes.push_back(words.format("time.drift", {{"share", percent(conditions.slowest_check - 1)}, {"samples", format_count(conditions.drifted)}}));
  else if (conditions.checks > 0) notes.emplace_back(words("time.steady"));
  if (conditions.stolen > kWorthTelling) notes.push_back(words.format("time.stolen", {{"share", percent(conditions.stolen)}}));
  if (!timed.counters.empty()) notes.push_back(counters(timed, words));
  else if (timed.final && threads == 1) notes.emplace_back(words("time.no_counters"));
  return notes;
}

std::string outlier_list(const measure::Outliers& outliers, const Locale& words) {
  if (outliers.ms.empty()) return {};
  std::string times;
  for (const double ms : outliers.ms) times += (times.empty() ? "" : ", ") + format_time(ms);
  return words.format("time.outlier_list", {{"times", times}});
}

}  // namespace loopglass::ui
