#include "app/ui/model_layout.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "app/model/correlation.h"
#include "engine/measure/perf_counters.h"

namespace loopglass::ui {
namespace {

using Levels = std::vector<std::string>;

struct Known {
  const app::Version* version;
  const app::Traffic* traffic;
  const measure::Timed* timed;
  bool verified;
};

// Those of the current version's program whose optimised code was timed and whose caches were simulated, each program once.
std::vector<Known> known_versions(const app::View& view, const Levels& levels) {
  std::vector<Known> known;
  if (!view.version()) return known;
  std::set<uint64_t> seen;
  const int root = view.history->root_of(view.version()->id)->id;
  const auto take = [&](const app::Version& version) {
    const app::Measurement* measured = view.measurement(version);
    const auto traffic = view.traffic.find(version.id);
    if (!measured || !measured->is_of_optimised_code() || measured->timed->time.median <= 0 || traffic == view.traffic.end() || traffic->second.misses.size() != levels.size()) return;
    if (view.history->root_of(version.id)->id != root || !seen.insert(version.hash).second) return;
    known.push_back({&version, &traffic->second, &*measured->timed, measured->verified && measured->verified->ok});
  };
  take(*view.version());
  for (const app::VersionPtr& version : view.history->versions()) take(*version);
  std::ranges::sort(known, {}, [](const Known& one) { return one.version->id; });
  return known;
}

double misses_of(const Known& known, size_t level) { return static_cast<double>(std::max<int64_t>(known.traffic->misses[level], 1)); }
double ms_of(const Known& known) { return known.timed->time.median; }

// The hardware's counter of a level's misses, and what it counted; null where there is none.
const std::pair<std::string, double>* counter_of(const Known& known, const Levels& levels, size_t level) {
  const auto is_of_level = [&](const std::pair<std::string, double>& counter) {
    const std::string_view cache = measure::counted_cache(counter.first);
    return cache == levels[level] || (cache == "LLC" && level + 1 == levels.size());
  };
  const auto found = std::ranges::find_if(known.timed->counters, is_of_level);
  return found == known.timed->counters.end() ? nullptr : &*found;
}

// One level's misses by the model and what was measured, in step.
struct Compared {
  Against against = Against::Times;
  std::vector<Known> versions;
  std::vector<double> misses, measured;   // positive
};

Compared compare_times(const std::vector<Known>& versions, size_t level) {
  Compared compared{Against::Times, versions, {}, {}};
  for (const Known& known : versions) {
    compared.misses.push_back(misses_of(known, level));
    compared.measured.push_back(ms_of(known));
  }
  return compared;
}

// Against times where nothing was counted.
Compared compare(const std::vector<Known>& versions, const Levels& levels, size_t level, Against against) {
  Compared counted{Against::Misses, {}, {}, {}};
  for (const Known& known : versions) {
    const auto* counter = counter_of(known, levels, level);
    if (against == Against::Times || !counter) continue;
    counted.versions.push_back(known);
    counted.misses.push_back(misses_of(known, level));
    counted.measured.push_back(std::max(counter->second, 1.0));
  }
  return counted.versions.empty() ? compare_times(versions, level) : counted;
}

Agreement agreement_of(const Compared& compared, const Levels& levels, size_t level) {
  return {levels[level], app::spearman(compared.misses, compared.measured), app::pearson_of_logs(compared.misses, compared.measured), {}, {}, {}};
}

void add_current(Agreement& agreement, const Known& current, const Levels& levels, size_t level) {
  agreement.modelled = current.traffic->misses[level];
  const auto* counter = counter_of(current, levels, level);
  if (!counter) return;
  agreement.counter = counter->first;
  agreement.counted = std::llround(counter->second);
}

void place(ModelLayout& layout, const Compared& compared, size_t level, int current) {
  auto [fewest, most] = std::ranges::minmax(compared.misses);
  auto [least, largest] = std::ranges::minmax(compared.measured);
  layout.against = compared.against;
  if (layout.against == Against::Misses) {
    fewest = least = std::min(fewest, least);
    most = largest = std::max(most, largest);
  }
  const LogAxis x = LogAxis::around(fewest, most), y = LogAxis::around(least, largest);
  for (size_t i = 0; i < compared.versions.size(); ++i) {
    const Known& known = compared.versions[i];
    layout.points.push_back(
        {known.version->id, x.at(compared.misses[i]), 1 - y.at(compared.measured[i]), known.traffic->misses[level], compared.measured[i], known.version->id == current, known.verified});
  }
  layout.misses = x.fine_ticks();
  layout.measured = y.fine_ticks();
  for (AxisTick& tick : layout.measured) tick.at = 1 - tick.at;
}

}  // namespace

int level_to_show(const app::View& view, const Levels& levels, int choice, Against against) {
  const int farthest = static_cast<int>(levels.size()) - 1;
  if (choice >= 0 && choice <= farthest) return choice;
  const std::vector<Known> versions = known_versions(view, levels);
  const auto is_counted = [&](size_t level) { return std::ranges::any_of(versions, [&](const Known& known) { return counter_of(known, levels, level) != nullptr; }); };
  const auto varies = [&](size_t level) { return std::ranges::any_of(versions, [&](const Known& known) { return misses_of(known, level) != misses_of(versions.front(), level); }); };
  for (int level = farthest; level >= 0; --level)
    if (varies(static_cast<size_t>(level)) && (against == Against::Times || is_counted(static_cast<size_t>(level)))) return level;
  return against == Against::Misses ? level_to_show(view, levels, choice) : farthest;
}

ModelLayout layout_model(const app::View& view, const Levels& levels, int level, Against against) {
  ModelLayout layout;
  const std::vector<Known> versions = known_versions(view, levels);
  if (versions.empty() || levels.empty()) return layout;
  const int current = view.version()->id;
  const auto known_current = std::ranges::find(versions, current, [](const Known& known) { return known.version->id; });
  for (size_t i = 0; i < levels.size(); ++i) {
    Agreement& agreement = layout.agreements.emplace_back(agreement_of(compare(versions, levels, i, against), levels, i));
    if (known_current != versions.end()) add_current(agreement, *known_current, levels, i);
    layout.has_counters |= std::ranges::any_of(versions, [&](const Known& known) { return counter_of(known, levels, i) != nullptr; });
  }
  const auto shown = static_cast<size_t>(std::clamp(level, 0, static_cast<int>(levels.size()) - 1));
  place(layout, compare(versions, levels, shown, against), shown, current);
  return layout;
}

}  // namespace loopglass::ui
