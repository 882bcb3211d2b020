// What a session tells of the memory: moments, values, misses, comparisons.
#include <algorithm>

#include "app/model/cache_levels.h"
#include "tests/model/session_fixture.h"

namespace loopglass::app {
namespace {

TEST_F(SessionTest, ShowsTheMemoryAtAMoment) {
  start();
  after(OpenFile{kFile});
  const View& at_start = after(SeekTo{.on = true, .time = 0, .loop = nullptr, .values = {}});
  ASSERT_TRUE(at_start.instant);
  EXPECT_EQ(at_start.instant->accesses, at_start.access->accesses);
  EXPECT_TRUE(at_start.instant->is_write) << "the init of Y comes first";
  const Instant later = *after(SeekTo{.on = true, .time = 5, .loop = nullptr, .values = {}}).instant;
  ASSERT_TRUE(later.next);
  EXPECT_EQ(later.block, "Y");
  EXPECT_EQ(later.loops.size(), 3u);
  EXPECT_EQ(later.loops[2].value, 1) << "init and four accesses of k = 0 are made";
  if (!later.levels.empty()) {   // the machine tells its caches
    EXPECT_EQ(later.levels[0].held, 3) << "a line of A, of B and of Y";
    EXPECT_EQ(later.lines[0].level[0], 1);
    EXPECT_EQ(later.lines[0].level[1], 0);
  }
  const ir::VarNode* j = later.loops[1].var;
  const Instant moved = *after(SeekTo{.on = true, .time = 5, .loop = j, .values = {{later.loops[0].var, 2}, {j, 7}}}).instant;
  EXPECT_EQ(moved.loops[0].value, 2);
  EXPECT_EQ(moved.loops[1].value, 7);
  EXPECT_EQ(moved.time, 2 * 128 * (4 * 128 + 1) + 7 * (4 * 128 + 1));
  EXPECT_EQ(after(SeekTo{.on = true, .time = INT64_MAX, .loop = nullptr, .values = {}}).instant->next, std::nullopt);
}

TEST_F(SessionTest, AMomentStaysAtItsPartOfTheTimeUntilItIsSwitchedOff) {
  start();
  const View& opened = after(OpenFile{kFile});
  after(SeekTo{.on = true, .time = opened.access->accesses / 2, .loop = nullptr, .values = {}});
  const View& stepped = after(ApplyStep{split_j(8)});
  ASSERT_TRUE(stepped.instant);
  EXPECT_EQ(stepped.instant->time, stepped.access->accesses / 2);
  EXPECT_EQ(stepped.instant->loops.size(), 4u);
  EXPECT_FALSE(after(SeekTo{.on = false, .time = 0, .loop = nullptr, .values = {}}).instant);
  EXPECT_FALSE(after(Undo{}).instant);
}

TEST_F(SessionTest, TellsWhoTouchesAnElement) {
  start();
  after(OpenFile{kFile});
  const View& asked = after(ShowTouchers{BufferElement{"A", {3, 17}}});
  ASSERT_TRUE(asked.touchers);
  ASSERT_EQ(asked.touchers->touchers.size(), 1u);
  const Toucher a = asked.touchers->touchers[0];
  EXPECT_EQ(a.block, "Y");
  EXPECT_EQ(a.count, 128);
  ASSERT_EQ(a.loops.size(), 3u);
  EXPECT_EQ(a.loops[0].first, 3) << "i";
  EXPECT_EQ(a.loops[0].last, 3) << "i";
  EXPECT_EQ(a.loops[1].first, 0) << "j";
  EXPECT_EQ(a.loops[1].last, 127) << "j";
  EXPECT_EQ(a.loops[2].first, 17) << "k";
  EXPECT_EQ(a.loops[2].last, 17) << "k";
  EXPECT_EQ(after(ShowTouchers{BufferElement{"Y", {0, 0}}}).touchers->touchers.size(), 4u) << "init, read, write, and C's read";
  const View& stepped = after(ApplyStep{split_j(8)});
  ASSERT_TRUE(stepped.touchers) << "of the new version too";
  EXPECT_EQ(stepped.touchers->touchers[1].loops.size(), 4u);
  EXPECT_FALSE(after(ShowTouchers{BufferElement{"A", {3, 128}}}).touchers) << "no such element";
  EXPECT_FALSE(after(ShowTouchers{BufferElement{"Q", {0}}}).touchers);
  EXPECT_FALSE(after(ShowTouchers{std::nullopt}).touchers);
}

TEST_F(SessionTest, ComputesWhatIsShownOfEachElementWhenItIsAskedFor) {
  start();
  EXPECT_FALSE(after(OpenFile{kFile}).values);
  const View& asked = after(ShowValues{ElementQuantity::LineUse});
  ASSERT_TRUE(asked.values);
  EXPECT_EQ(asked.values->by_buffer.size(), asked.access->buffers.size());
  EXPECT_EQ(asked.values->by_buffer[0][5], 64) << "all of each line of A";
  const View& stepped = after(ApplyStep{split_j(8)});
  ASSERT_TRUE(stepped.values) << "of the new version too";
  const View& reuse = after(ShowValues{ElementQuantity::ReuseMedian});
  EXPECT_EQ(reuse.values->quantity, ElementQuantity::ReuseMedian);
  const auto& a = reuse.values->by_buffer[0];
  EXPECT_GT(a.largest(-1), 0);
  EXPECT_FALSE(after(ShowValues{std::nullopt}).values);
}

TEST_F(SessionTest, ComparesTheMemoryWithAnotherVersion) {
  start();
  after(OpenFile{kFile});
  after(ApplyStep{split_j(8)});
  const View& compared = after(CompareMemory{0});
  EXPECT_EQ(compared.compared_with, 0);
  ASSERT_TRUE(compared.compared);
  EXPECT_EQ(compared.compared->accesses, compared.access->accesses);
  EXPECT_TRUE(after(Undo{}).compared) << "it stays the one to compare with";
  EXPECT_FALSE(after(CompareMemory{}).compared);
}

TEST_F(SessionTest, MovesRowsApartInTheModelAlone) {
  start();
  const std::string name = after(OpenFile{kFile}).access->buffers[0].buffer->name;
  const auto row = [&](size_t buffer) { return session_->view().access->buffers.at(buffer).strides[0]; };
  EXPECT_EQ(row(0), 512);
  after(SetRowPitch{{{name, 576}}});
  EXPECT_EQ(row(0), 576);
  EXPECT_EQ(row(1), 512);
  after(ApplyStep{split_j(8)});
  EXPECT_EQ(row(0), 576) << "in the next versions too";
  after(SetRowPitch{{{"no such buffer", 64}}});
  EXPECT_EQ(row(0), 576);
  after(SetRowPitch{{{name, 0}}});
  EXPECT_EQ(row(0), 512);
  after(SetRowPitch{{{name, 576}, {session_->view().access->buffers[1].buffer->name, 1024}}});
  EXPECT_EQ(row(0), 576);
  EXPECT_EQ(row(1), 1024);
  EXPECT_TRUE(after(OpenFile{kFile}).row_pitch.empty()) << "they belong to what is open";
}

TEST_F(SessionTest, SaysWhyCachesCannotBeSimulated) {
  start();
  after(OpenFile{kFile});
  if (cache_levels(measure::read_machine()).empty()) GTEST_SKIP() << "this machine tells no caches";
  const std::string name = session_->view().access->buffers[0].buffer->name;
  const View& view = after(SetRowPitch{{{name, int64_t{1} << 26}}});
  ASSERT_TRUE(view.access) << "the counts are there all the same";
  EXPECT_TRUE(view.access->buffers[0].misses.empty());
  ASSERT_TRUE(view.misses_error);
  EXPECT_EQ(view.misses_error->kind, DiagnosticKind::KernelMemory);
  const View& small = after(SetRowPitch{{{name, 0}}});
  EXPECT_FALSE(small.misses_error);
  EXPECT_TRUE(small.figures);
}

TEST_F(SessionTest, ASelectedLoopShowsWhatOneIterationTouches) {
  start();
  after(OpenFile{kFile});
  const View& view = after(SelectNode{loop_named(module(), "j")});
  EXPECT_FALSE(view.moves.empty());
  ASSERT_TRUE(view.touched);
  std::map<std::string, size_t> touched;
  for (const locality::Touched& buffer : *view.touched) touched[buffer.buffer->name] = static_cast<size_t>(buffer.elements.count());
  EXPECT_EQ(touched["A"], 128u);   // one row
  EXPECT_EQ(touched["B"], 128u);   // one column
  EXPECT_EQ(touched["Y"], 1u);
}

}  // namespace
}  // namespace loopglass::app
