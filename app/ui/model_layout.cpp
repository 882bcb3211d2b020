#include "app/ui/model_layout.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "app/model/correlation.h"

namespace loopglass::ui {
namespace {

struct Known {
  const app::Version* version;
  const app::Traffic* traffic;
  double ms;
  bool verified;
};

// Those of the current version's program whose optimised code was timed and whose caches were simulated, each program once.
std::vector<Known> known_versions(const app::View& view, size_t levels) {
  std::vector<Known> known;
  if (!view.version()) return known;
  std::set<uint64_t> seen;
  const int root = view.history->root_of(view.version()->id)->id;
  const auto take = [&](const app::Version& version) {
    const app::Measurement* measured = view.measurement(version);
    const auto traffic = view.traffic.find(version.id);
    if (!measured || !measured->is_of_optimised_code() || measured->timed->time.median <= 0 || traffic == view.traffic.end() || traffic->second.misses.size() != levels) return;
    if (view.history->root_of(version.id)->id != root || !seen.insert(version.hash).second) return;
    known.push_back({&version, &traffic->second, measured->timed->time.median, measured->verified && measured->verified->ok});
  };
  take(*view.version());
  for (const app::VersionPtr& version : view.history->versions()) take(*version);
  std::ranges::sort(known, {}, [](const Known& one) { return one.version->id; });
  return known;
}

double misses_of(const Known& known, size_t level) { return static_cast<double>(std::max<int64_t>(known.traffic->misses[level], 1)); }

Agreement agreement_of(const std::vector<Known>& versions, const std::string& name, size_t level) {
  std::vector<double> misses, times;
  for (const Known& known : versions) {
    misses.push_back(misses_of(known, level));
    times.push_back(known.ms);
  }
  return {name, app::spearman(misses, times), app::pearson_of_logs(misses, times)};
}

void place(ModelLayout& layout, const std::vector<Known>& versions, const app::View& view, size_t level) {
  const auto by_misses = [level](const Known& known) { return misses_of(known, level); };
  const auto [fewest, most] = std::ranges::minmax(versions, {}, by_misses);
  const auto [fastest, slowest] = std::ranges::minmax(versions, {}, &Known::ms);
  const LogAxis x = LogAxis::around(by_misses(fewest), by_misses(most)), y = LogAxis::around(fastest.ms, slowest.ms);
  for (const Known& known : versions)
    layout.points.push_back({known.version->id, x.at(by_misses(known)), 1 - y.at(known.ms), known.traffic->misses[level], known.ms, known.version->id == view.version()->id, known.verified});
  layout.misses = x.fine_ticks();
  layout.times = y.fine_ticks();
  for (AxisTick& tick : layout.times) tick.at = 1 - tick.at;
}

// The hardware's counters of loads that miss the nearest and the farthest cache.
std::vector<CounterPair> counters_of(const app::View& view, const std::vector<std::string>& levels) {
  std::vector<CounterPair> pairs;
  const app::Measurement* measured = view.version() ? view.measurement(*view.version()) : nullptr;
  if (!measured || !measured->timed || levels.empty()) return pairs;
  const auto traffic = view.traffic.find(view.version()->id);
  if (traffic == view.traffic.end() || traffic->second.misses.size() != levels.size()) return pairs;
  for (const auto& [name, value] : measured->timed->counters) {
    const size_t level = name == "L1-dcache-load-misses" ? 0 : name == "LLC-load-misses" ? levels.size() - 1 : levels.size();
    if (level < levels.size()) pairs.push_back({levels[level], name, traffic->second.misses[level], std::llround(value)});
  }
  return pairs;
}

}  // namespace

int level_to_show(const app::View& view, const std::vector<std::string>& levels, int choice) {
  const int farthest = static_cast<int>(levels.size()) - 1;
  if (choice >= 0 && choice <= farthest) return choice;
  const std::vector<Known> versions = known_versions(view, levels.size());
  for (int level = farthest; level >= 0; --level) {
    const auto differs = [&](const Known& known) { return misses_of(known, static_cast<size_t>(level)) != misses_of(versions.front(), static_cast<size_t>(level)); };
    if (std::ranges::any_of(versions, differs)) return level;
  }
  return farthest;
}

ModelLayout layout_model(const app::View& view, const std::vector<std::string>& levels, int level) {
  ModelLayout layout;
  layout.counters = counters_of(view, levels);
  const std::vector<Known> versions = known_versions(view, levels.size());
  if (versions.empty() || levels.empty()) return layout;
  for (size_t i = 0; i < levels.size(); ++i) layout.agreements.push_back(agreement_of(versions, levels[i], i));
  place(layout, versions, view, static_cast<size_t>(std::clamp(level, 0, static_cast<int>(levels.size()) - 1)));
  return layout;
}

}  // namespace loopglass::ui
