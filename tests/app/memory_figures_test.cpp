#include "app/ui/figures_layout.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/app/program_fixture.h"

namespace loopglass::ui {
namespace {

TEST(SetsLayout, AColumnForEachSetWithTheWaysAcross) {
  const SetsLayout layout = layout_sets({{.lines = 8, .misses = 8}, {.lines = 0, .misses = 0}, {.lines = 63, .misses = 900}, {.lines = 1, .misses = 1}}, 8, 100);
  ASSERT_EQ(layout.columns.size(), 4u);
  EXPECT_EQ(layout.columns[0].height, layout.ways_at);
  EXPECT_FALSE(layout.columns[0].is_over) << "as many lines as ways all fit";
  EXPECT_EQ(layout.columns[1].height, 0);
  EXPECT_EQ(layout.columns[2].height, 1);
  EXPECT_TRUE(layout.columns[2].is_over);
  EXPECT_EQ(layout.columns[2].left, 0.5f);
  EXPECT_EQ(layout.columns[2].right, 0.75f);
  EXPECT_EQ(layout.columns[2].misses, 900);
}

TEST(SetsLayout, SetsThatShareAColumnAreToldByTheFullest) {
  std::vector<locality::SetPressure> sets(10, {.lines = 2, .misses = 2});
  sets[5] = {.lines = 30, .misses = 40};
  sets[6] = {.lines = 30, .misses = 50};
  const SetsLayout layout = layout_sets(sets, 4, 3);
  ASSERT_EQ(layout.columns.size(), 3u) << "of four sets each, the last of two";
  EXPECT_EQ(layout.columns[1].first, 4);
  EXPECT_EQ(layout.columns[1].last, 7);
  EXPECT_EQ(layout.columns[1].set, 6);
  EXPECT_EQ(layout.columns[1].misses, 50);
  EXPECT_EQ(layout.columns[2].last, 9);
  EXPECT_EQ(layout.columns[2].right, 1);
}

TEST(SetsLayout, FewLinesLeaveRoomUpToTheWays) {
  const SetsLayout layout = layout_sets({{.lines = 1, .misses = 1}, {}}, 8, 100);
  EXPECT_EQ(layout.ways_at, 1);
  EXPECT_LT(layout.columns[0].height, 1);
}

TEST(SetsLayout, NothingTouchedHasNoColumns) { EXPECT_TRUE(layout_sets(std::vector<locality::SetPressure>(4), 8, 100).columns.empty()); }

TEST(SetsLayout, AColumnIsToldInWords) {
  const Locale words = *Locale::load(std::filesystem::path(LOOPGLASS_SOURCE_DIR) / "assets/locale");
  EXPECT_EQ(set_text({.first = 17, .last = 17, .set = 17, .lines = 96, .misses = 2048}, 8, words), "set 17: 96 lines for 8 ways, 2\u2009048 misses");
  EXPECT_EQ(set_text({.first = 4, .last = 7, .set = 6, .lines = 30, .misses = 50}, 4, words), "sets 4 to 7; the fullest, 6: 30 lines for 4 ways, 50 misses");
}

TEST(MemoryFigures, MissesOfTheNearestLevelAreToldByKind) {
  const Locale words = *Locale::load(std::filesystem::path(LOOPGLASS_SOURCE_DIR) / "assets/locale");
  const app::View view = view_of(matmul_relu(8), {});
  app::MemoryFigures figures;
  figures.sets = {{"L1", 8, {}}, {"L2", 8, {}}};
  figures.kinds = {std::vector<locality::MissKinds>(view.access->buffers.size(), {.compulsory = 64, .capacity = 2000, .conflict = -3}), {}};
  const FigureTable table = kind_table(*view.access, figures, words);
  EXPECT_EQ(table.head, (std::vector<std::string>{"L1 misses by kind", "compulsory", "capacity", "conflict"}));
  ASSERT_EQ(table.rows.size(), view.access->buffers.size());
  EXPECT_EQ(table.rows[0], (std::vector<std::string>{"A", "64", "2\u2009000", "-3"}));
}

TEST(MemoryFigures, AnEstimateIsMarkedUntilTheExactMissesAreThere) {
  const Locale words = *Locale::load(std::filesystem::path(LOOPGLASS_SOURCE_DIR) / "assets/locale");
  const app::View view = view_of(matmul_relu(8), {});
  app::EstimatedMisses estimate{{"L1"}, {.accesses = 4'000'000'000, .sampled = 1'300'000, .levels = {{4, {.value = 1.2e6, .low = 1.14e6, .high = 1.25e6}}}}};
  const FigureTable table = figure_table(*view.access, nullptr, words, &estimate);
  EXPECT_EQ(table.head[3], "L1 miss");
  EXPECT_EQ(table.rows[0][3], "≈ 1.20\u2009M ± 5 %");
  EXPECT_NE(table.notes[0][3].find("between 1.14\u2009M and 1.25\u2009M"), std::string::npos);
  EXPECT_EQ(table.notes[0][2], "");
  EXPECT_EQ(estimate_text({.value = 10, .low = 0, .high = 1300}, words), "up to 1.30\u2009k");
  locality::Access exact = *view.access;
  for (locality::BufferAccess& buffer : exact.buffers) buffer.misses.push_back({"L1", 7, {}});
  EXPECT_TRUE(figure_table(exact, nullptr, words, &estimate).notes.empty());
}

}  // namespace
}  // namespace loopglass::ui
