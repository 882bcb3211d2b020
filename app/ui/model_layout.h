// The cache model against reality: what each version misses by the model beside what was measured of it. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/model/view.h"
#include "app/ui/log_axis.h"

namespace loopglass::ui {

// What modelled misses are held against. Misses: those that hardware counted.
enum class Against { Times, Misses };

struct ModelPoint {
  int version = 0;
  float x = 0, y = 0;             // 0..1 from the left (misses), from the top (what was measured); both logarithmic
  int64_t misses = 0;             // of the chosen level
  double measured = 0;            // median ms, or counted misses of the level, a call
  bool is_current = false, verified = false;
};

// Misses of a level against what was measured, over all versions that have both. No coefficients where they are too few, or one of the two does not vary.
struct Agreement {
  std::string level;
  std::optional<double> rank;     // Spearman's coefficient
  std::optional<double> logs;     // Pearson's, of the logarithms
  std::optional<int64_t> modelled, counted; // of a call of the current version; nothing where it has not been simulated, where there is no counter, and before it has counted
  std::string counter;            // of `counted`: "L1-dcache-load-misses"
};

struct ModelLayout {
  std::vector<ModelPoint> points;           // of versions with the same program the current one alone, else the first
  Against against = Against::Times;         // of the points; Misses: both axes are one, and where the two are equal is the diagonal
  std::vector<AxisTick> misses, measured;   // along the axes, from the left, from the top
  std::vector<Agreement> agreements;        // the nearest level first; those that nothing was counted of are held against times
  bool has_counters = false;                // of some level, in some version
};

// The level that is shown for a choice, an index into `levels` of app::Traffic: where it is -1, the farthest that some versions of the program miss more often than
// others (against counted misses, of those with a counter), else the farthest; -1 where there are no levels.
int level_to_show(const app::View& view, const std::vector<std::string>& levels, int choice, Against against = Against::Times);

// `levels`: those of app::Traffic; `level`: the one that points show. Against::Misses holds of a level that hardware counts; others are held against times.
ModelLayout layout_model(const app::View& view, const std::vector<std::string>& levels, int level, Against against = Against::Times);

}  // namespace loopglass::ui
