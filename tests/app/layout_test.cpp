#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "app/ui/history_layout.h"
#include "engine/locality/cache_model.h"
#include "app/ui/loop_tree_layout.h"
#include "app/ui/figures_layout.h"
#include "app/ui/memory_layout.h"
#include "app/ui/model_layout.h"
#include "app/ui/quantities.h"
#include "app/ui/reuse_layout.h"
#include "app/ui/roofline_layout.h"
#include "app/ui/story.h"
#include "app/ui/time_layout.h"
#include "app/ui/time_notes.h"
#include "app/ui/touchers_text.h"
#include "tests/app/program_fixture.h"

namespace loopglass::ui {
namespace {

const Caches kCaches{{"L1", 32768, 8}, {"L2", 524288, 8}};
const Steps kCourse{{"split", "j", "4"}, {"reorder", "k", "j_1"}, {"reverse_compute_at", "C", "j_0"}};

std::string labels(const TreeLayout& layout) {
  std::string text;
  for (const auto& card : layout.cards) text += (text.empty() ? "" : " ") + std::to_string(card.depth) + card.label;
  return text;
}

TEST(LoopTreeLayout, HasACardForEachFunctionLoopAndBlock) {
  const app::View view = view_of(matmul_relu(8), {});
  const TreeLayout layout = layout_loop_tree(view.version()->schedule.module(), &view.access->loops, kCaches, {});
  EXPECT_EQ(labels(layout), "0mm_relu 0i 1j 2k 3Y 0i#2 1j#2 2C");
  const TreeCard* k = find_card(layout, node_named(view.version()->schedule.module(), "k"));
  ASSERT_TRUE(k);
  EXPECT_TRUE(k->reduces);
  EXPECT_EQ(k->extent, "8");
  EXPECT_EQ(k->footprint_total, 12) << "one element of A, B and Y";
  EXPECT_EQ(k->level, 1);
  const TreeCard* y = find_card(layout, node_named(view.version()->schedule.module(), "Y"));
  ASSERT_TRUE(y);
  EXPECT_TRUE(y->has_init);
  EXPECT_EQ(y->axes.size(), 3u);
  EXPECT_EQ(y->writes, std::vector<std::string>{"Y"});
}

// What is measured of a statement is of all that is around it too.
TEST(LoopTreeLayout, SaysHowMuchOfTheTimeGoesWhere) {
  const app::View view = view_of(matmul_relu(8), {});
  const ir::Module& module = view.version()->schedule.module();
  ir::NodePath in_y = node_named(module, "Y"), in_c = node_named(module, "C");
  in_y.steps.push_back(0), in_c.steps.push_back(0);
  const measure::Profile profile{200, {{in_y, 150}, {in_c, 40}}};
  const TreeLayout layout = layout_loop_tree(module, nullptr, kCaches, {}, nullptr, &profile);
  const auto share = [&](const char* name) { return find_card(layout, node_named(module, name))->share; };
  EXPECT_DOUBLE_EQ(share("k"), 0.75);
  EXPECT_DOUBLE_EQ(share("i"), 0.75);
  EXPECT_DOUBLE_EQ(share("j#2"), 0.2);
  EXPECT_DOUBLE_EQ(share("C"), 0.2);
  EXPECT_LT(layout_loop_tree(module, nullptr, kCaches, {}).cards.back().share, 0) << "not known";
}

TEST(LoopTreeLayout, CardsDoNotOverlap) {
  const app::View view = view_of(matmul_relu(16), kCourse);
  const TreeLayout layout = layout_loop_tree(view.version()->schedule.module(), nullptr, kCaches, {});
  for (size_t i = 1; i < layout.cards.size(); ++i) EXPECT_GE(layout.cards[i].rect.y, layout.cards[i - 1].rect.bottom());
  EXPECT_LE(layout.cards.back().rect.bottom(), layout.height);
}

TEST(LoopTreeLayout, MarksWhatAStepAdds) {
  const app::View before = view_of(matmul_relu(16), {kCourse[0], kCourse[1]});
  const ir::Module& base = before.version()->schedule.module();
  const auto applied = app::apply_step(before.version()->schedule, {schedule::find_primitive("reverse_compute_at"), {node_named(base, "C"), node_named(base, "j_0")}});
  ASSERT_TRUE(applied);
  const TreeLayout layout = layout_loop_tree(applied->step.schedule.module(), nullptr, kCaches, {}, &base);
  std::string added;
  for (const auto& card : layout.cards)
    if (card.added) added += card.label + " ";
  EXPECT_EQ(added, "ax0 C ");
}

TEST(LoopTreeLayout, ArrowKeysGoThroughTheCards) {
  const app::View view = view_of(matmul_relu(8), {});
  const TreeLayout layout = layout_loop_tree(view.version()->schedule.module(), nullptr, kCaches, {});
  EXPECT_EQ(next_card(layout, std::nullopt, 1)->label, "i");
  EXPECT_EQ(next_card(layout, find_card(layout, layout.cards[1].path)->path, 1)->label, "j");
  EXPECT_EQ(next_card(layout, layout.cards.back().path, 1)->label, "C");
  EXPECT_EQ(next_card(layout, layout.cards[1].path, -1)->label, "i");
}

TEST(MemoryLayout, TakesTheLastTwoDimensionsAndFits) {
  const app::View view = view_of(matmul_relu(8), {});
  ASSERT_TRUE(view.access);
  MemoryMetrics metrics;
  const MemoryLayout layout = layout_memory(*view.access, {}, metrics);
  ASSERT_EQ(layout.pictures.size(), 4u);
  EXPECT_LE(layout.height, metrics.height + metrics.gap);
  for (const auto& picture : layout.pictures) {
    EXPECT_EQ(picture.rows, 8);
    EXPECT_EQ(picture.columns, 8);
    EXPECT_LE(picture.rect.right(), metrics.width);
  }
}

// Row by row.
std::vector<uint8_t> marked(const gl::MarkPlane& plane) {
  std::vector<uint8_t> all;
  std::vector<uint8_t> line(static_cast<size_t>(plane.width));
  for (int row = 0; row < plane.height; ++row) {
    plane.fill(row, line);
    all.insert(all.end(), line.begin(), line.end());
  }
  return all;
}

TEST(MemoryLayout, PlanesOfAnyRank) {
  const PlaneChoice scalar = resolved({}, {}), row = resolved({}, {5}), cube = resolved({-1, -1, {9, 9, 9}}, {2, 3, 4});
  EXPECT_EQ(columns_of(scalar, {}) * rows_of(scalar, {}), 1);
  EXPECT_EQ(columns_of(row, {5}), 5);
  EXPECT_EQ(rows_of(row, {5}), 1);
  EXPECT_EQ(cube.across, 2);
  EXPECT_EQ(cube.down, 1);
  EXPECT_EQ(flat_index(index_at(cube, 1, 2), {2, 3, 4}), 12 + 4 + 2);
  const PlaneChoice turned = resolved({0, 2, {0, 1, 0}}, {2, 3, 4});
  const std::vector<int64_t> shape{2, 3, 4};
  const auto element = [](int64_t at) {
    auto bits = std::make_shared<locality::ElementBits>(24);
    bits->set(at);
    return bits;
  };
  EXPECT_EQ(marked(plane_marks(shape, element(flat_index({1, 2, 0}, shape)), resolved({}, shape))), std::vector<uint8_t>(12)) << "in another slice";
  EXPECT_EQ(marked(plane_marks({2, 3}, element(4), resolved({}, {2, 3}))), (std::vector<uint8_t>{0, 0, 0, 0, 1, 0}));
  EXPECT_EQ(marked(plane_marks({2, 3}, nullptr, resolved({}, {2, 3}))), std::vector<uint8_t>(6));
  EXPECT_EQ(marked(plane_marks({2, 3}, element(4), resolved({0, 1, {}}, {2, 3}))), (std::vector<uint8_t>{0, 0, 0, 1, 0, 0}));
  const auto marks = plane_marks(shape, element(flat_index({1, 1, 3}, shape)), turned);
  EXPECT_EQ(marks.width, 2);
  EXPECT_EQ(marks.height, 4);
  EXPECT_EQ(marked(marks), (std::vector<uint8_t>{0, 0, 0, 0, 0, 0, 0, 1}));
}

TEST(MemoryLayout, ValuesAreTheCounts) {
  const app::View view = view_of(matmul_relu(8), {});
  ASSERT_TRUE(view.access);
  const auto& a = view.access->buffers[0];
  EXPECT_EQ(value_of(a, HeatMode::Reads, 3), 8);
  EXPECT_EQ(value_of(a, HeatMode::Writes, 3), 0);
  EXPECT_EQ(value_of(a, HeatMode::FirstTouch, 0), a.first[0]);
  EXPECT_EQ(largest_value(view.access->buffers.at(3), HeatMode::Reads), 9) << "Y: by each k, and by C";
  EXPECT_FALSE(has_values(*view.access, HeatMode::Misses1)) << "not simulated yet";
  const locality::Access simulated =
      locality::with_misses(*view.access, view.version()->schedule.module()->functions[0].function, {.levels = {{"L1", 256, 2}, {"L2", 32768, 8}}}).value();
  EXPECT_TRUE(has_values(simulated, HeatMode::Misses2));
  EXPECT_EQ(value_of(simulated.buffers[0], HeatMode::Misses2, 3), 1) << "each line comes in once";
  EXPECT_GT(value_of(simulated.buffers[1], HeatMode::Misses1, 3), 1) << "B's columns do not stay in 256 bytes";
}

TEST(MemoryLayout, ElementsThatAreNeverTouchedHaveNoValue) {
  const app::View view = view_of(std::string("@T.prim_func(s_tir=True)\ndef main(A: T.Buffer((8,), \"float32\"), B: T.Buffer((8,), \"float32\")):\n"
                                                       "    for i in range(4):\n        with T.sblock(\"b\"):\n            v = T.axis.spatial(4, i)\n            B[v * 2] = A[v]\n"), {});
  const auto values = plane_of(plane_values(view.access->buffers[1], HeatMode::Accesses, resolved({}, {8})));
  EXPECT_EQ(values.values, (std::vector<float>{1, -1, 1, -1, 1, -1, 1, -1}));
}

TEST(ReuseLayout, BarsByPowersOfTwoWithTheCapacitiesBetweenThem) {
  // L1: 512 lines, so distances from 512 on, which begin bar 10, do not fit.
  const ReuseLayout layout = layout_reuse({{.cold = 5, .log2 = {100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7}, .at_least = {}}, {.cold = 1, .log2 = {10}, .at_least = {}}}, kCaches, 64);
  ASSERT_EQ(layout.bars.size(), 12u);
  EXPECT_EQ(layout.bars[0].count, 110);
  EXPECT_EQ(layout.bars[0].height, 1);
  EXPECT_EQ(layout.bars[10].from, 512);
  EXPECT_EQ(layout.bars[10].to, 1023);
  EXPECT_EQ(layout.bars[11].count, 6);
  EXPECT_TRUE(layout.bars[11].is_cold);
  ASSERT_EQ(layout.marks.size(), 1u) << "L2 lies beyond all bars";
  EXPECT_GT(layout.marks[0].at, layout.bars[9].right);
  EXPECT_LT(layout.marks[0].at, layout.bars[10].left);
  EXPECT_TRUE(layout_reuse({}, kCaches, 64).bars.empty());
}

TEST(MemoryFigures, AChangeIsToldInWords) {
  const Locale words = *Locale::load(std::filesystem::path(LOOPGLASS_SOURCE_DIR) / "assets/locale");
  locality::MissChange change{"C", "L1", 62'800'000, 100'000, {}, locality::Hold{"C[vi, vj]", "i/j_0/k", "i/j_0", 4096}, true};
  EXPECT_EQ(change_text(change, words), "C misses L1 62\u2009700\u2009000 times less (100\u2009000, before 62\u2009800\u2009000): what one iteration of k touches now stays in L1 (4 KB)");
  change.is_due_to_loops = false;
  std::swap(change.before, change.after);
  EXPECT_NE(change_text(change, words).find("times more"), std::string::npos);
}

TEST(MemoryLayout, NearnessIsDrawnByLinesWhereTheyArePartsOfRows) {
  const app::View view = view_of(matmul_relu(32), {});   // rows of 128 bytes
  const auto& a = view.access->buffers[0];
  app::Instant::Lines lines{a.base / 64, std::vector<uint8_t>(64)};
  lines.level[0] = 1, lines.level[3] = 2;
  const PlaneChoice plane = resolved({}, a.shape);
  const auto near = plane_of(plane_nearness(a, lines, 64, plane, 2));
  EXPECT_EQ(near.width, 2);
  EXPECT_EQ(near.height, 32);
  EXPECT_EQ(near.values[0], 1);
  EXPECT_EQ(near.values[3], 0.5f);
  EXPECT_EQ(near.values[1], 0);
  EXPECT_EQ(level_now(a, lines, 64, {1, 31}), 2);
  const auto turned = plane_of(plane_nearness(a, lines, 64, resolved({0, 1, {0, 0}}, a.shape), 2));   // a line down a column: element by element
  EXPECT_EQ(turned.width, 32);
  EXPECT_EQ(turned.values[0], 1);
  EXPECT_EQ(turned.values[static_cast<size_t>(16 * 32 + 1)], 0.5f);
}

TEST(MemoryLayout, AMarkHasTwoLinesAroundIt) {
  const gl::MarkPlane plane{7, 5, [](int row, std::span<uint8_t> to) {
                              std::ranges::fill(to, uint8_t{0});
                              to[6] = row == 4;   // the last corner
                            }};
  EXPECT_EQ(gl::mark_levels(plane, 4, 3), (std::vector<uint8_t>{0, 1, 1, 1, 0, 1, 2, 2, 0, 1, 2, 3})) << "fewer pixels than elements: none is lost";
  EXPECT_EQ(gl::mark_levels({2, 1, [](int, std::span<uint8_t> to) { to[0] = 1, to[1] = 0; }}, 6, 1), (std::vector<uint8_t>{3, 3, 3, 2, 1, 0}));
}

TEST(MemoryLayout, FindsTheBlocksThatTouchABuffer) {
  const app::View view = view_of(matmul_relu(8), {});
  const ir::Module& module = view.version()->schedule.module();
  const std::vector<TouchingBlock> blocks = blocks_touching(module, "A");
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_EQ(blocks[0].path, node_named(module, "Y"));
  EXPECT_EQ(blocks[0].label, "Y");
  EXPECT_EQ(blocks_touching(module, "Y").size(), 2u);
  EXPECT_TRUE(blocks_touching(module, "Z").empty());
  EXPECT_TRUE(has_block(node_named(module, "Y"), blocks));
  EXPECT_TRUE(has_block(node_named(module, "k"), blocks)) << "the loop around it";
  EXPECT_FALSE(has_block(node_named(module, "C"), blocks));
}

TEST(HistoryLayout, ABranchGetsALaneOfItsOwn) {
  app::View view = view_of(matmul_relu(8), kCourse);
  app::History history = *view.history;
  app::Version branch = *history.at(3);
  history = history.with_version(branch, 1);
  const HistoryLayout layout = layout_history(history);
  ASSERT_EQ(layout.nodes.size(), 5u);
  EXPECT_EQ(layout.columns, 4);
  EXPECT_EQ(layout.lanes, 2);
  EXPECT_EQ(layout.nodes.back().lane, 1);
  EXPECT_EQ(layout.nodes.back().column, 2);
  EXPECT_FALSE(layout.nodes.back().on_path);
}

TEST(HistoryLayout, AnEditedTextIsCalledSo) {
  auto words = Locale::load(std::filesystem::path(LOOPGLASS_SOURCE_DIR) / "assets/locale");
  ASSERT_TRUE(words);
  const app::View view = view_of(matmul_relu(8), {kCourse[0]});
  app::Version edited = *view.history->at(0);
  edited.edited_from = 1;
  EXPECT_EQ(version_name(*view.history->at(0), *words), "start");
  EXPECT_EQ(version_name(*view.history->at(1), *words), view.history->at(1)->step);
  EXPECT_EQ(version_name(edited, *words), "edited");
}

TEST(TimeLayout, FasterIsLower) {
  const app::View view = view_of(matmul_relu(8), kCourse);
  const TimeLayout layout = layout_times(view);
  ASSERT_EQ(layout.points.size(), 4u);
  for (size_t i = 1; i < layout.points.size(); ++i) {
    EXPECT_GT(layout.points[i].y, layout.points[i - 1].y);
    EXPECT_GT(layout.points[i].x, layout.points[i - 1].x);
    EXPECT_EQ(layout.points[i].parent, static_cast<int>(i) - 1);
  }
  EXPECT_TRUE(layout.points.back().is_current);
  EXPECT_FALSE(layout.logarithmic);
  EXPECT_GE(layout.ticks.size(), 3u);
}

TEST(TimeLayout, TheSlowestHasHeadRoom) {
  for (const Steps& steps : {Steps{}, kCourse})
    for (const auto& point : layout_times(view_of(matmul_relu(8), steps)).points) EXPECT_GT(point.y_low, 0.05f);
}

TEST(TimeLayout, TicksThatDoNotFitAreDropped) {
  const std::vector<TimeTick> ticks{{1, 0}, {0.75f, 1}, {0.5f, 2}, {0.25f, 3}, {0, 4}};
  const auto times = [&](float apart) {
    std::vector<double> ms;
    for (const auto& tick : ticks_that_fit(ticks, apart)) ms.push_back(tick.ms);
    return ms;
  };
  EXPECT_EQ(times(0.1f), (std::vector<double>{0, 1, 2, 3, 4}));
  EXPECT_EQ(times(0.3f), (std::vector<double>{0, 2, 4}));
  EXPECT_EQ(times(3), (std::vector<double>{0}));
}

TEST(TimeLayout, FasterIsSaidOnlyWhereTheIntervalsAreApart) {
  const auto time = [](double median, double half) { return measure::TimeEstimate{.median = median, .ci95_low = median - half, .ci95_high = median + half}; };
  EXPECT_EQ(against_start(time(1.29, 0.01), time(1.30, 0.01)), measure::Verdict::Tie);
  EXPECT_EQ(against_start(time(1.299, 0.0001), time(1.30, 0.0001)), measure::Verdict::Tie) << "1.00x is no difference";
  EXPECT_EQ(against_start(time(0.28, 0.01), time(1.30, 0.01)), measure::Verdict::Faster);
  EXPECT_EQ(against_start(time(1.30, 0.01), time(0.28, 0.01)), measure::Verdict::Slower);
}

// The slopes meet the peak where intensity * bandwidth is the peak; a version stands at flops / bytes and flops / time.
TEST(RooflineLayout, HoldsEveryVersionAgainstTheMachine) {
  const measure::Peaks peaks{100, {{"L1", 200}, {"memory", 10}}};
  const app::View view = view_of(matmul_relu(8), kCourse);
  const RooflineLayout layout = layout_roofline(view, peaks, 100);
  ASSERT_EQ(layout.roofs.size(), 3u);
  const auto x = [](double intensity) { return static_cast<float>(std::log10(intensity / 0.01) / 4); };
  EXPECT_NEAR(layout.roofs[0].x1, x(0.5), 1e-5);
  EXPECT_NEAR(layout.roofs[1].x1, x(10), 1e-5);
  for (const Roof& roof : layout.roofs) EXPECT_FLOAT_EQ(roof.y1, layout.roofs.back().y1);
  ASSERT_EQ(layout.points.size(), 4u);
  for (size_t i = 1; i < layout.points.size(); ++i) EXPECT_LT(layout.points[i].y, layout.points[i - 1].y) << "faster is higher";
  EXPECT_FLOAT_EQ(layout.points[0].x, x(4210688.0 / 262144));
  EXPECT_EQ(layout_roofline(view, peaks, 200).roofs.back().value, 200) << "of two cores";
}

// A view of the course's steps whose versions miss so often, two levels each; -1: not simulated.
app::View view_with_misses(const std::vector<std::pair<int64_t, int64_t>>& misses) {
  app::View view = view_of(matmul_relu(8), kCourse);
  for (size_t id = 0; id < misses.size(); ++id)
    if (misses[id].first >= 0) view.traffic[static_cast<int>(id)] = {64, {misses[id].first, misses[id].second}};
  return view;
}

TEST(RooflineLayout, VersionsStandWhereTheirModelledTrafficPutsThem) {
  const app::View view = view_with_misses({{65536, 4096}, {32768, 4096}, {-1, -1}, {8192, 2048}});
  const measure::Peaks peaks{100, {{"L1", 200}, {"memory", 10}}};
  const double flops = 4210688;
  const RooflineLayout nearest = layout_roofline(view, peaks, 100, 0);
  EXPECT_NEAR(nearest.points[0].intensity, flops / (65536 * 64), 1e-9);
  EXPECT_NEAR(nearest.points[3].intensity, flops / (8192 * 64), 1e-9);
  EXPECT_LT(nearest.points[0].x, nearest.points[1].x);
  EXPECT_TRUE(nearest.points[1].is_modelled);
  EXPECT_FALSE(nearest.points[2].is_modelled);
  EXPECT_NEAR(nearest.points[2].intensity, flops / 262144, 1e-9) << "of the program's data";
  const RooflineLayout farthest = layout_roofline(view, peaks, 100);
  EXPECT_EQ(farthest.points[0].bytes, 4096 * 64);
  EXPECT_EQ(farthest.points[3].bytes, 2048 * 64);
}

TEST(ModelLayout, PutsTimesBesideMissesWithTheirCorrelation) {
  const app::View view = view_with_misses({{64000, 500}, {32000, 500}, {16000, 500}, {9000, 500}});
  const ModelLayout layout = layout_model(view, {"L1", "L2"}, 0);
  ASSERT_EQ(layout.points.size(), 4u);
  EXPECT_TRUE(layout.points[3].is_current);
  for (size_t i = 1; i < layout.points.size(); ++i) {
    EXPECT_LT(layout.points[i].x, layout.points[i - 1].x) << "fewer misses to the left";
    EXPECT_GT(layout.points[i].y, layout.points[i - 1].y) << "faster is lower";
  }
  ASSERT_EQ(layout.agreements.size(), 2u);
  EXPECT_DOUBLE_EQ(layout.agreements[0].rank.value(), 1);
  EXPECT_GT(layout.agreements[0].logs.value(), 0.99);
  EXPECT_FALSE(layout.agreements[1].rank) << "the same in every version";
  EXPECT_FALSE(layout.has_counters);
  EXPECT_EQ(layout_model(view, {"L1", "L2"}, 0, Against::Misses).against, Against::Times) << "nothing was counted";
  EXPECT_GE(layout.misses.size(), 2u);
}

TEST(ModelLayout, ShowsTheFarthestLevelThatTellsVersionsApart) {
  const std::vector<std::string> levels{"L1", "L2"};
  EXPECT_EQ(level_to_show(view_with_misses({{64000, 500}, {32000, 500}, {-1, -1}, {9000, 500}}), levels, -1), 0);
  EXPECT_EQ(level_to_show(view_with_misses({{64000, 500}, {32000, 500}, {-1, -1}, {9000, 499}}), levels, -1), 1);
  EXPECT_EQ(level_to_show(view_with_misses({{7, 5}, {7, 5}, {7, 5}, {7, 5}}), levels, -1), 1) << "none: the farthest";
  EXPECT_EQ(level_to_show(view_with_misses({{64000, 500}, {32000, 400}}), levels, 0), 0) << "as chosen";
  EXPECT_EQ(level_to_show(view_with_misses({}), {}, 0), -1);
}

TEST(ModelLayout, HasNoCorrelationOfTwoVersions) {
  const ModelLayout layout = layout_model(view_with_misses({{64000, 500}, {32000, 400}, {-1, -1}, {-1, -1}}), {"L1", "L2"}, 1);
  EXPECT_EQ(layout.points.size(), 2u);
  EXPECT_FALSE(layout.agreements[0].rank);
  EXPECT_FALSE(layout.agreements[1].logs);
}

// What hardware counted of one call of each version, L1 alone; negative: nothing.
app::View view_with_counters(const std::vector<std::pair<int64_t, int64_t>>& misses, const std::vector<double>& counted) {
  app::View view = view_with_misses(misses);
  for (const app::VersionPtr& version : view.history->versions()) {
    const double count = counted[static_cast<size_t>(version->id)];
    if (count < 0) continue;
    app::Measurement measured = *view.measurement(*version);
    measured.timed->counters = {{"cycles", 1e6}, {"L1-dcache-load-misses", count}};
    view.measurements[view.time_key(*version)] = std::make_shared<const app::Measurement>(measured);
  }
  return view;
}

TEST(ModelLayout, HoldsMissesAgainstThoseThatHardwareCounted) {
  const app::View view = view_with_counters({{64000, 500}, {32000, 400}, {16000, 300}, {8000, 200}}, {60000, 20000.4, 25000, 8000});
  const ModelLayout layout = layout_model(view, {"L1", "L2"}, 0, Against::Misses);
  EXPECT_TRUE(layout.has_counters);
  EXPECT_EQ(layout.against, Against::Misses);
  ASSERT_EQ(layout.points.size(), 4u);
  EXPECT_NEAR(layout.points[3].x, 1 - layout.points[3].y, 1e-6) << "equal: on the diagonal";
  EXPECT_GT(layout.points[2].x, layout.points[3].x);
  EXPECT_LT(layout.points[2].y, 1 - layout.points[2].x) << "more than modelled: above it";
  EXPECT_GT(layout.points[1].y, 1 - layout.points[1].x) << "fewer: below";
  EXPECT_DOUBLE_EQ(layout.points[1].measured, 20000.4);
  EXPECT_DOUBLE_EQ(layout.agreements[0].rank.value(), 0.8) << "two of four in the wrong order";
  EXPECT_EQ(layout.agreements[0].counter, "L1-dcache-load-misses");
  EXPECT_EQ(layout.agreements[0].modelled, 8000);
  EXPECT_EQ(layout.agreements[0].counted, 8000);
  EXPECT_EQ(layout.agreements[1].modelled, 200);
  EXPECT_FALSE(layout.agreements[1].counted) << "no counter of L2";
}

TEST(ModelLayout, HoldsALevelWithoutACounterAgainstTimes) {
  const std::vector<std::string> levels{"L1", "L2"};
  const app::View view = view_with_counters({{64000, 500}, {32000, 400}, {16000, 300}, {8000, 200}}, {60000, -1, 25000, -1});
  EXPECT_EQ(layout_model(view, levels, 1, Against::Misses).against, Against::Times);
  EXPECT_EQ(layout_model(view, levels, 0, Against::Misses).points.size(), 2u) << "those that were counted";
  EXPECT_EQ(layout_model(view, levels, 0, Against::Times).points.size(), 4u);
  EXPECT_EQ(level_to_show(view, levels, -1, Against::Misses), 0) << "the farthest with a counter";
  EXPECT_EQ(level_to_show(view, levels, -1), 1);
}

TEST(ModelLayout, TakesTheCounterOfTheFarthestCacheForTheLastLevel) {
  app::View view = view_with_misses({{64000, 500}, {32000, 400}, {16000, 300}, {8000, 200}});
  app::Measurement measured = *view.measurement(*view.version());
  measured.timed->counters = {{"LLC-load-misses", 210}};
  view.measurements[view.time_key(*view.version())] = std::make_shared<const app::Measurement>(measured);
  const ModelLayout layout = layout_model(view, {"L1", "L2"}, 1, Against::Misses);
  EXPECT_EQ(layout.agreements[1].modelled, 200);
  EXPECT_EQ(layout.agreements[1].counted, 210);
  EXPECT_FALSE(layout.agreements[0].counted);
}

TEST(Story, GoesOnWithEachStep) {
  ViewState state;
  app::View view = view_of(matmul_relu(8), {});
  EXPECT_EQ(story_step(view, state), StoryStep::Select);
  state.selection = node_named(view.version()->schedule.module(), "j");
  EXPECT_EQ(story_step(view, state), StoryStep::Split);
  const StoryStep expected[] = {StoryStep::Reorder, StoryStep::Place, StoryStep::Decompose};
  for (size_t n = 1; n <= 3; ++n) {
    view = view_of(matmul_relu(8), {kCourse.begin(), kCourse.begin() + static_cast<ptrdiff_t>(n)});
    EXPECT_EQ(story_step(view, state), expected[n - 1]);
  }
  state.undone = 1;
  EXPECT_EQ(story_step(view, state), StoryStep::Decompose) << "an undo on the way does not skip steps";
  Steps all = kCourse;
  all.push_back({"decompose_reduction", "Y", "k"});
  view = view_of(matmul_relu(8), all);
  state.undone = 4;
  EXPECT_EQ(story_step(view, state), StoryStep::UndoRedo);
  state.redone = 4;
  EXPECT_EQ(story_step(view, state), StoryStep::Export);
  state.exported = true;
  EXPECT_EQ(story_step(view, state), StoryStep::Done);
}

TEST(Story, NamesTheProgramsOwnLoops) {
  auto words = Locale::load(std::filesystem::path(LOOPGLASS_SOURCE_DIR) / "assets/locale");
  ASSERT_TRUE(words);
  app::View view = view_of(matmul_relu(8), {kCourse[0]});
  EXPECT_NE(story_text(view, StoryStep::Reorder, *words).find("Drag k above j_1"), std::string::npos);
  view = view_of(matmul_relu(8), {kCourse[0], kCourse[1]});
  EXPECT_NE(story_text(view, StoryStep::Place, *words).find("Drag block C onto j_0"), std::string::npos);
}

TEST(TouchersText, TellsReferencesWithTheLoopsOfTheirFirstAndLastTouch) {
  const auto words = Locale::load(std::filesystem::path(LOOPGLASS_SOURCE_DIR) / "assets/locale");
  ASSERT_TRUE(words);
  app::Touchers touchers{{"A", {3, 17}}, {{"C", "A[vi, vk]", false, 1024, {{"i", 3, 3}, {"j", 0, 1023}}}, {"root", "A[0, 0]", true, 1, {}}}};
  EXPECT_EQ(touchers_text(touchers, *words), "C reads A[vi, vk] 1\u2009024×, at i\u00a0=\u00a03, j\u00a0=\u00a00\u00a0…\u00a01\u2009023\nroot writes A[0, 0] 1×");
  touchers.touchers.resize(8, touchers.touchers[1]);
  EXPECT_TRUE(touchers_text(touchers, *words).ends_with("and 2 more references"));
}

TEST(TimeNotes, TellWhatDisturbedTheSamples) {
  auto words = Locale::load(std::filesystem::path(LOOPGLASS_SOURCE_DIR) / "assets/locale");
  words->set_language(Language::English);
  app::Measurement measured;
  EXPECT_TRUE(time_notes(measured, 1, *words).empty());
  measured.timed.emplace();
  measured.timed->time.samples = 30;
  measured.timed->conditions.checks = 9;
  EXPECT_EQ(time_notes(measured, 1, *words), (std::vector<std::string>{"caches warm", "CPU steady"}));
  measured.timed->final = true;
  measured.timed->conditions = {true, {2, {0.5, 0.25}}, 9, 1.25, 4, 0, 0.02};
  EXPECT_EQ(time_notes(measured, 1, *words),
            (std::vector<std::string>{"caches cold: emptied before each call", "2 outliers, the farthest 0.500 ms", "CPU up to 25 % slower beside 4 samples",
                                      "the hypervisor took 2.0 %", "no hardware counters here"}));
  EXPECT_EQ(outlier_list(measured.timed->conditions.outliers, *words), "Outliers, shown and not dropped: 0.500 ms, 0.250 ms");
  measured.timed->counters = {{"cycles", 1000}, {"instructions", 2500}};
  EXPECT_EQ(time_notes(measured, 1, *words).back(), "a call: 1\u2009000 cycles, 2\u2009500 instructions (2.50 instructions a cycle)");
}

TEST(Quantities, CarryUnitsAndThreeDigits) {
  EXPECT_EQ(format_count(4194304), "4\u2009194\u2009304");
  EXPECT_EQ(format_count(12), "12");
  EXPECT_EQ(format_bytes(512), "512 B");
  EXPECT_EQ(format_bytes(65536), "64 KB");
  EXPECT_EQ(format_bytes(1572864), "1.5 MB");
  EXPECT_EQ(format_time(0.243), "0.243 ms");
  EXPECT_EQ(format_time(0.0121), "12.1 µs");
  EXPECT_EQ(format_time(1320), "1.32 s");
  EXPECT_EQ(format_time(2e-5), "20.0 ns");
  EXPECT_EQ(format_ratio(4.71), "4.7×");
  EXPECT_EQ(format_spread({0, 1, 0.99, 1.01, 30, 1}), "± 1.0 %");
}

}  // namespace
}  // namespace loopglass::ui
