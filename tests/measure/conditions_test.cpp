// What is told of the conditions of a time: outliers, counters, what the system says.
#include "engine/measure/conditions.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <vector>

#include "engine/measure/perf_counters.h"
#include "engine/measure/worker/cold_caches.h"
#include "engine/measure/worker/disturbance.h"
#include "engine/measure/worker/hardware_counters.h"

namespace loopglass::measure {
namespace {

TEST(Outliers, AreFarOutOnEitherSide) {
  std::vector<double> samples;
  for (int i = 0; i < 100; ++i) samples.push_back(1 + 0.001 * (i % 10));
  EXPECT_EQ(outliers_of(samples), Outliers{});
  samples[17] = 3;
  samples[40] = 0.5;
  samples[60] = 1.2;
  EXPECT_EQ(outliers_of(samples), (Outliers{3, {3, 0.5, 1.2}}));
  samples.insert(samples.end(), 60, 9);
  EXPECT_EQ(outliers_of(samples).count, 0) << "a quarter of the samples is no outlier";
}

TEST(Outliers, ThatAreManyAreCountedAndTheFarthestShown) {
  std::vector<double> samples(1000, 1);
  for (int i = 0; i < 50; ++i) samples[static_cast<size_t>(i)] = 2 + i;
  const Outliers found = outliers_of(samples);
  EXPECT_EQ(found.count, 50);
  ASSERT_EQ(found.ms.size(), Outliers::kMostShown);
  EXPECT_EQ(found.ms.front(), 51);
}

TEST(Outliers, SamplesAsTheClockSpreadsThemAreNone) {
  EXPECT_EQ(outliers_of(std::vector<double>{1, 1, 1, 1, 1, 1.009}).count, 0);
  EXPECT_EQ(outliers_of(std::vector<double>{1, 2, 1}).count, 0);
}

TEST(StolenTicks, AreReadForTheCpu) {
  const char* const stat = "cpu  10 0 10 100 0 0 0 77 0 0\ncpu0 1 0 1 50 0 0 0 5 0 0\ncpu1 2 0 2 50 0 0 0 6 0 0\ncpu10 2 0 2 50 0 0 0 8 0 0\nintr 3 4\n";
  EXPECT_EQ(stolen_ticks(stat, 0), 5);
  EXPECT_EQ(stolen_ticks(stat, 1), 6);
  EXPECT_EQ(stolen_ticks(stat, 10), 8);
  EXPECT_FALSE(stolen_ticks(stat, 2));
  EXPECT_FALSE(stolen_ticks("cpu0 1 0 1 50\n", 0)) << "an old kernel";
  EXPECT_FALSE(stolen_ticks("", 0));
}

TEST(Disturbance, ClocksGoForward) {
  const double before = thread_cpu_seconds();
  run_reference_kernel();
  EXPECT_GT(thread_cpu_seconds(), before);
  EXPECT_GE(StolenTime().seconds(), 0);
}

TEST(PerfCounters, AreScaledToAllOfTheTime) {
  EXPECT_EQ(scaled({1000, 50, 50}), 1000);
  EXPECT_EQ(scaled({1000, 100, 25}), 4000);
  EXPECT_EQ(scaled({0, 100, 0}), 0);
}

TEST(PerfCounters, SayWhyThereAreNone) {
  EXPECT_NE(why_no_counter(ENOENT).find("no hardware counters"), std::string::npos);
  EXPECT_NE(why_no_counter(EACCES).find("perf_event_paranoid"), std::string::npos);
}

TEST(PerfCounters, TellWhoseMissesTheyCount) {
  EXPECT_EQ(counted_cache("L1-dcache-load-misses"), "L1");
  EXPECT_EQ(counted_cache("LLC-load-misses"), "LLC");
  EXPECT_EQ(counted_cache("cycles"), "");
  EXPECT_EQ(counted_cache("branch-misses"), "") << "is not counted";
  const std::string model = read_machine().model, misses(counted_cache("cache-misses"));
  if (model.starts_with("AMD")) { EXPECT_EQ(misses, "L2"); }
  if (model.starts_with("Intel")) { EXPECT_EQ(misses, "LLC"); }
}

TEST(HardwareCounters, CountWhereThereAreSome) {
  const HardwareCounters counters;
  const auto counted = counters.count(run_reference_kernel);
  EXPECT_TRUE(counters.any() || counted.empty());
  for (const auto& [name, value] : counted) EXPECT_TRUE(name != "instructions" || value > 1000) << value;
}

TEST(ColdCaches, LeaveMemoryAsItIs) {
  std::vector<std::byte> memory(100'000, std::byte{7});
  ColdCaches caches({memory}, {{"L1", 32 << 10, 8, 64, 1}});
  caches.empty();
  EXPECT_EQ(memory, std::vector<std::byte>(100'000, std::byte{7}));
}

}  // namespace
}  // namespace loopglass::measure
