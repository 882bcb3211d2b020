// The cache model against reality: what each version misses by the model beside what was measured of it. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/model/view.h"
#include "app/ui/log_axis.h"

namespace loopglass::ui {

struct ModelPoint {
  int version = 0;
  float x = 0, y = 0;             // 0..1 from the left (misses), from the top (time); both logarithmic
  int64_t misses = 0;             // of the chosen level
  double ms = 0;                  // median
  bool is_current = false, verified = false;
};

// Misses of a level against times, over all versions that have both. Nothing where they are too few, or one of the two does not vary.
struct Agreement {
  std::string level;
  std::optional<double> rank;     // Spearman's coefficient
  std::optional<double> logs;     // Pearson's, of the logarithms
};

// Of the current version, a call.
struct CounterPair {
  std::string level, counter;     // "L1", "L1-dcache-load-misses"
  int64_t modelled = 0, measured = 0;
};

struct ModelLayout {
  std::vector<ModelPoint> points;           // of versions with the same program the current one alone, else the first
  std::vector<AxisTick> misses, times;      // along the axes, from the left, from the top
  std::vector<Agreement> agreements;        // the nearest level first
  std::vector<CounterPair> counters;        // none where the machine has no hardware counters for it
};

// The level that is shown for a choice, an index into `levels` of app::Traffic: where it is -1, the farthest that some versions of the program miss more often than
// others, else the farthest; -1 where there are no levels.
int level_to_show(const app::View& view, const std::vector<std::string>& levels, int choice);

// `levels`: those of app::Traffic; `level`: the one that points show.
ModelLayout layout_model(const app::View& view, const std::vector<std::string>& levels, int level);

}  // namespace loopglass::ui
