#include "engine/measure/peaks.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace loopglass::measure {
namespace {

TEST(Peaks, OfThisMachineAreOfItsCaches) {
  const Machine machine = read_machine();
  const Peaks peaks = measure_peaks(machine);
  EXPECT_GT(peaks.gflops, 0.5);
  ASSERT_EQ(peaks.bandwidths.size(), machine.caches.size() + 1);
  for (size_t i = 0; i < machine.caches.size(); ++i) EXPECT_EQ(peaks.bandwidths[i].level, machine.caches[i].name);
  for (const Bandwidth& b : peaks.bandwidths) EXPECT_GT(b.gb_per_s, 0.1) << b.level;
}

TEST(Peaks, AreReadBack) {
  const Peaks peaks{117.5, {{"L1", 200}, {"memory", 18.25}}};
  EXPECT_EQ(peaks_from_json(nlohmann::json::parse(to_json(peaks).dump())), peaks);
  for (const char* other : {"{}", "[]", R"({"peak_gflops": "fast", "bandwidth": []})", R"({"peak_gflops": 0, "bandwidth": []})"})
    EXPECT_FALSE(peaks_from_json(nlohmann::json::parse(other))) << other;
}

}  // namespace
}  // namespace loopglass::measure
