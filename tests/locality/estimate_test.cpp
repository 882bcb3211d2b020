// Estimates against the exact simulation.
#include "engine/locality/estimate.h"

#include <gtest/gtest.h>

#include "tests/locality/random_nest.h"

namespace loopglass::locality {
namespace {

TEST(Estimate, IntervalsHoldMostExactValues) {
  int64_t ranges = 0, held = 0, nests = 0;
  for (uint32_t seed = 1; seed <= 600; ++seed) {
    const naive::RandomNest nest = naive::make_random_nest(seed, 20000000, false);
    const CacheOptions options{.levels = {{"L1", 4096, 4}, {"L2", 65536, 8}}, .line = 64, .row_pitch = nest.memory.row_pitch};
    const auto exact = simulate_caches(nest.function, options).value();
    const auto estimate = estimate_misses(nest.function, options, {.budget_ms = 1e9, .most_samples = 64}).value();
    EXPECT_EQ(estimate.accesses, exact.accesses);
    EXPECT_LE(estimate.sampled, exact.accesses);
    nests += !estimate.is_exact;
    for (size_t level = 0; level < exact.levels.size(); ++level)
      for (size_t b = 0; b < exact.levels[level].by_buffer.size(); ++b) {
        const auto [value, low, high] = estimate.levels[level][b];
        const auto misses = static_cast<double>(exact.levels[level].by_buffer[b]);
        EXPECT_LE(low, value);
        EXPECT_LE(value, high);
        if (estimate.is_exact) {
          EXPECT_EQ(value, misses);
        } else if (misses > 0.001 * static_cast<double>(exact.accesses)) {   // fewer than one in a thousand are easily not met
          ++ranges;
          held += low <= misses && misses <= high;
        }
      }
  }
  EXPECT_GT(nests, 80);
  EXPECT_GT(static_cast<double>(held), 0.9 * static_cast<double>(ranges)) << held << " of " << ranges;
}

TEST(Estimate, RefusesWhatHasNoProgramOrder) {
  const naive::RandomNest nest = naive::make_periodic_nest(1);
  EXPECT_EQ(estimate_misses(nest.function, {.levels = {{"L1", 512, 2}}, .threads = 2}).error().kind, DiagnosticKind::BadArgument);
}

}  // namespace
}  // namespace loopglass::locality
