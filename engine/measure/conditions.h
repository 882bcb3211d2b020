// Under which conditions a time was taken: what disturbed it is said, not hidden.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace loopglass::measure {

// Samples beyond three interquartile ranges from the quartiles (J. W. Tukey's "far out"), but not those within 1 % of the median. They count in
// the estimate like all others.
struct Outliers {
  static constexpr size_t kMostShown = 20;
  int64_t count = 0;
  std::vector<double> ms;   // the farthest ones, farthest first, kMostShown of them at most
  bool operator==(const Outliers&) const = default;
};
Outliers outliers_of(std::span<const double> sample_ms);

struct Conditions {
  bool cold = false;              // the caches were emptied before each call
  Outliers outliers;
  // A kernel of our own that always does the same ran between the samples: what it takes longer, the CPU was slower (its clock, a neighbour on the core).
  int64_t checks = 0;             // how often it ran; 0: not at all
  double slowest_check = 1;       // its longest run, as a multiple of its shortest
  int64_t drifted = 0;            // samples beside a run of it that took more than kDrift of the shortest
  double waiting = 0;             // share of the time in which the thread was not on a CPU; 0 where there are several threads
  double stolen = 0;              // share of the time in which the hypervisor ran something else there
  bool operator==(const Conditions&) const = default;
};
inline constexpr double kDrift = 1.03;

}  // namespace loopglass::measure
