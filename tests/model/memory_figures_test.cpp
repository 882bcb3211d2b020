#include "app/model/memory_figures.h"

#include <gtest/gtest.h>

#include <regex>

#include "tests/model/program.h"

namespace loopglass::app {
namespace {

const std::vector<locality::CacheLevel> kLevels{{"L1", 32768, 8}, {"L2", 524288, 8}, {"L3", 32 << 20, 16}};

// The program that opens at first start, of another size.
ir::Function matmul(int n) {
  const std::string text = std::regex_replace(program_text(), std::regex("\\b128\\b"), std::to_string(n));
  return ir::find_function(open_source(History(), "mm_relu.py", text).history.current()->schedule.module(), "mm_relu");
}

TEST(EstimatedMisses, OfTheNearLevelsOfALargeFunction) {
  const ir::Function function = matmul(256);   // 68 million accesses
  const locality::Access access = *locality::count_accesses(function);
  const auto misses = estimated_misses(function, access, {.levels = kLevels});
  ASSERT_TRUE(misses);
  EXPECT_EQ(misses->levels, (std::vector<std::string>{"L1", "L2"})) << "samples would be long for L3";
  EXPECT_LT(misses->estimate.sampled, access.accesses);
  const locality::CacheResult exact = *locality::simulate_caches(function, {.levels = kLevels});
  for (size_t b = 0; b < 2; ++b) {   // A and B
    const locality::MissEstimate::Range& range = misses->estimate.levels[0][b];
    EXPECT_LE(range.low, exact.levels[0].by_buffer[b]) << access.buffers[b].buffer->name;
    EXPECT_GE(range.high, exact.levels[0].by_buffer[b]) << access.buffers[b].buffer->name;
  }
  EXPECT_EQ(misses->estimate.levels[0][2].low, 4096) << "C is touched for so short a time that no sample sees it, but its lines are counted";
}

TEST(EstimatedMisses, NoneOfASmallFunctionOrWithoutCaches) {
  const ir::Function small = matmul(32), large = matmul(256);
  EXPECT_FALSE(estimated_misses(small, *locality::count_accesses(small), {.levels = kLevels}));
  EXPECT_FALSE(estimated_misses(large, *locality::count_accesses(large), {}));
}

TEST(MemoryFigures, HaveTheSetsOfTheTwoNearestLevels) {
  const ir::Function function = matmul(32);   // four buffers of 4 KB
  const MemoryFigures figures = memory_figures(function, *locality::count_accesses(function), *locality::simulate_caches(function, {.levels = kLevels}), kLevels);
  ASSERT_EQ(figures.sets.size(), 2u);
  EXPECT_EQ(figures.sets[0].level, "L1");
  EXPECT_EQ(figures.sets[0].ways, 8);
  ASSERT_EQ(figures.sets[0].sets.size(), 64u);
  for (const locality::SetPressure& set : figures.sets[0].sets) EXPECT_EQ(set.lines, 4);
  EXPECT_EQ(figures.sets[1].sets.size(), 1024u);
}

}  // namespace
}  // namespace loopglass::app
