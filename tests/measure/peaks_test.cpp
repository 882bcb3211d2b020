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

TEST(Peaks, AreOfWhatTheParametersAre) {
  const auto peak = [](ir::DataType type) {
    ir::PrimFunc function;
    function.params.push_back({ir::make_var("x", type), nullptr});
    return peak_gflops({100, {}}, function, 2);
  };
  EXPECT_EQ(peak(ir::kFloat32), 200);
  EXPECT_EQ(peak(ir::kFloat64), 100);
  EXPECT_FALSE(peak(ir::kInt32)) << "the peak is of floating-point numbers";
}

TEST(Peaks, AreReadBack) {
  const Peaks peaks{117.5, {{"L1", 200}, {"memory", 18.25}}};
  EXPECT_EQ(peaks_from_json(nlohmann::json::parse(to_json(peaks).dump())), peaks);
  for (const char* other : {"{}", "[]", R"({"peak_gflops": "fast", "bandwidth": []})", R"({"peak_gflops": 0, "bandwidth": []})"})
    EXPECT_FALSE(peaks_from_json(nlohmann::json::parse(other))) << other;
}

}  // namespace
}  // namespace loopglass::measure
