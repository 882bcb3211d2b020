// Times, and what the caches hold at them, against the naive walk.
#include "engine/locality/seek.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "engine/interp/interpreter.h"
#include "engine/locality/cache_history.h"
#include "tests/locality/random_nest.h"
#include "tests/locality/random_program.h"

namespace loopglass::locality {
namespace {

using Values = std::vector<std::pair<const ir::VarNode*, int64_t>>;

struct Seen {
  naive::Event event;
  int64_t line;
};

// Every access in program order; a vector's lines one by one.
std::vector<Seen> all_accesses(const ir::Function& function, const naive::Memory& memory, const std::map<const ir::BufferNode*, std::vector<int64_t>>& data = {}) {
  std::vector<Seen> all;
  naive::for_each_line(function, memory, data, [&](const naive::Event& event, int64_t, int64_t line) { all.push_back({event, line}); });
  return all;
}

Values values_of(const std::vector<LoopValue>& loops) {
  Values values;
  for (const LoopValue& loop : loops) values.emplace_back(loop.var.get(), loop.value);
  return values;
}

int64_t line_of(const BufferAccess& buffer, int64_t element, int64_t line) {
  int64_t address = buffer.base;
  for (size_t d = buffer.shape.size(); d-- > 0; element /= buffer.shape[d]) address += element % buffer.shape[d] * buffer.strides[d];
  return address / line;
}

// Every access to the element, one after the other.
void expect_touches(Timeline& timeline, const BufferAccess& buffer, int number, int64_t element, const std::vector<Seen>& all, int64_t line, const std::string& where) {
  struct Want {
    int64_t count = 0;
    size_t first = 0, last = 0;
  };
  std::map<int, Want> want;
  for (size_t time = 0; time < all.size(); ++time) {
    const naive::Event& event = all[time].event;
    if (event.buffer->data != buffer.buffer->data || all[time].line != line_of(buffer, element, line)) continue;
    const int64_t lanes = std::ranges::count(event.elements, element);
    if (lanes == 0) continue;
    Want& touch = want[event.reference];
    if (touch.count == 0) touch.first = time;
    touch.count += lanes, touch.last = time;
  }
  const auto got = timeline.touches(number, element);
  ASSERT_TRUE(got) << where;
  EXPECT_EQ(got->size(), want.size()) << where;
  EXPECT_TRUE(std::ranges::is_sorted(*got, {}, [](const ElementTouch& touch) { return touch.first.time; }));
  for (const ElementTouch& touch : *got) {
    const Want& expected = want[touch.reference];
    EXPECT_EQ(touch.count, expected.count) << where << ", reference " << touch.reference;
    if (expected.count == 0) return;
    EXPECT_EQ(touch.first.time, static_cast<int64_t>(expected.first)) << where;
    EXPECT_EQ(touch.last.time, static_cast<int64_t>(expected.last)) << where;
    EXPECT_EQ(touch.last.reference, touch.reference);
    EXPECT_EQ(touch.last.element, element);
    EXPECT_EQ(values_of(touch.first.loops), all[expected.first].event.loops) << where;
    EXPECT_EQ(values_of(touch.last.loops), all[expected.last].event.loops) << where;
  }
}

void expect_positions(const ir::Function& function, const naive::Memory& memory, uint32_t seed, size_t max_runs, const std::vector<interp::Tensor>* arguments = nullptr,
                      const std::map<const ir::BufferNode*, std::vector<int64_t>>& data = {}) {
  Options options{.row_pitch = memory.row_pitch, .line = memory.line, .arguments = arguments, .max_runs = max_runs};
  auto timeline = Timeline::make(function, options);
  ASSERT_TRUE(timeline) << "seed " << seed << ": " << timeline.error().message;
  const auto counts = count_accesses(function, options);
  ASSERT_TRUE(counts);
  const std::vector<Seen> all = all_accesses(function, memory, data);
  ASSERT_EQ(timeline->accesses(), static_cast<int64_t>(all.size())) << "seed " << seed;
  std::mt19937 random(seed);
  for (int n = 0; n < 20 && !all.empty(); ++n) {
    const int64_t time = std::uniform_int_distribution<int64_t>(0, timeline->accesses() - 1)(random);
    const auto position = timeline->position(time);
    ASSERT_TRUE(position) << "seed " << seed;
    const Seen& want = all[static_cast<size_t>(time)];
    const std::string where = "seed " + std::to_string(seed) + ", time " + std::to_string(time);
    EXPECT_EQ(position->time, time);
    EXPECT_EQ(position->reference, want.event.reference) << where;
    EXPECT_EQ(counts->buffers[static_cast<size_t>(position->buffer)].buffer->data, want.event.buffer->data) << where;
    if (want.event.elements.size() == 1) {
      EXPECT_EQ(position->element, want.event.elements[0]) << where;
    }
    const Values got = values_of(position->loops);
    EXPECT_EQ(got, want.event.loops) << where;
    if (n < 4) {
      const int64_t element = want.event.elements[static_cast<size_t>(n) % want.event.elements.size()];
      expect_touches(*timeline, counts->buffers[static_cast<size_t>(position->buffer)], position->buffer, element, all, memory.line, where + ", element " + std::to_string(element));
    }
    if (::testing::Test::HasFailure()) return;
    if (position->loops.empty()) continue;
    // The iteration of a loop around it starts where the naive walk first has its values.
    const auto depth = std::uniform_int_distribution<size_t>(0, got.size() - 1)(random);
    const Values outer(got.begin(), got.begin() + static_cast<std::ptrdiff_t>(depth) + 1);
    size_t first = 0;
    while (all[first].event.loops.size() < outer.size() || !std::equal(outer.begin(), outer.end(), all[first].event.loops.begin())) ++first;
    const auto start = timeline->time_of(outer.back().first, {outer.begin(), outer.end()});
    ASSERT_TRUE(start);
    ASSERT_TRUE(*start) << where << ", depth " << depth;
    EXPECT_EQ(**start, static_cast<int64_t>(first)) << where << ", depth " << depth;
  }
}

TEST(Timeline, PositionsAreThoseOfTheNaiveWalk) {
  for (uint32_t seed = 1; seed <= 400 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomProgram program = naive::make_random_program(seed, false);
    expect_positions(program.function, {}, seed, seed % 3 == 0 ? 5 : 20000);
  }
  for (uint32_t seed = 1; seed <= 300 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomNest nest = naive::make_random_nest(seed, 2000, seed % 4 == 0);
    expect_positions(nest.function, nest.memory, seed, seed % 3 == 0 ? 1 : 20000);
  }
}

TEST(Timeline, GathersAreFollowedByTheirData) {
  for (uint32_t seed = 1; seed <= 100 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomProgram program = naive::make_random_program(seed, true);
    std::vector<interp::Tensor> arguments = interp::make_arguments(program.function, seed).value();
    interp::fill_random_integers(arguments[3], seed, 0, 13);
    std::map<const ir::BufferNode*, std::vector<int64_t>> data;
    for (int64_t i = 0; i < 13; ++i) data[program.function->params[3].buffer.get()].push_back(arguments[3].int_at(i));
    expect_positions(program.function, {}, seed, 20000, &arguments, data);
  }
}

TEST(Timeline, IterationsThatAreNotThereHaveNoTime) {
  const naive::RandomNest nest = naive::make_periodic_nest(1);
  auto timeline = Timeline::make(nest.function).value();
  const auto position = timeline.position(0).value();
  const ir::VarNode* loop = position.loops.front().var.get();
  EXPECT_EQ(timeline.time_of(loop, {{loop, 0}}).value(), 0);
  EXPECT_EQ(timeline.time_of(loop, {{loop, 1000}}).value(), std::nullopt);
  EXPECT_EQ(timeline.time_of(nullptr, {}).value(), std::nullopt);
}

// By line what `want` has by level and set.
void expect_nearest(CacheHistory& history, int64_t time, const naive::Contents::mapped_type& want, uint32_t seed) {
  const auto got = history.nearest(time);
  ASSERT_TRUE(got) << "seed " << seed << ", time " << time;
  std::vector<uint8_t> level(got->level.size());
  std::vector<int64_t> held(want.size());
  for (size_t l = want.size(); l-- > 0;)
    for (const std::vector<int64_t>& set : want[l])
      for (const int64_t line : set) level.at(static_cast<size_t>(line - got->first)) = static_cast<uint8_t>(l + 1), ++held[l];
  ASSERT_EQ(got->level, level) << "seed " << seed << ", time " << time;
  ASSERT_EQ(got->held, held) << "seed " << seed << ", time " << time;
}

// The contents at random times, not in order; `max_bytes` of checkpoints, so that some are dropped.
void expect_contents(const ir::Function& function, const naive::Memory& memory, uint32_t seed, size_t max_runs, int64_t max_bytes) {
  CacheOptions options{.line = memory.line, .row_pitch = memory.row_pitch, .max_runs = max_runs};
  for (const naive::Level& level : memory.levels) options.levels.push_back({"L", level.sets * level.ways * memory.line, level.ways, level.is_shared});
  auto pass = CacheHistory::simulate(function, options, max_bytes);
  ASSERT_TRUE(pass) << "seed " << seed << ": " << pass.error().message;
  std::mt19937 random(seed);
  std::set<int64_t> times{0, pass->history.accesses()};
  for (int n = 0; n < 6; ++n) times.insert(std::uniform_int_distribution<int64_t>(0, pass->history.accesses())(random));
  const naive::Contents want = naive::contents(function, memory, times);
  std::vector<int64_t> order(times.begin(), times.end());
  std::ranges::shuffle(order, random);
  for (int64_t time : order) {
    const auto got = pass->history.content(time);
    ASSERT_TRUE(got) << "seed " << seed << ", time " << time;
    for (size_t l = 0; l < options.levels.size(); ++l) {
      const LevelContent& level = (*got)[l];
      ASSERT_EQ(level.lines.size(), static_cast<size_t>(level.sets * level.ways));
      for (int64_t set = 0; set < level.sets; ++set) {
        std::vector<int64_t> lines(level.lines.begin() + set * level.ways, level.lines.begin() + (set + 1) * level.ways);
        while (!lines.empty() && lines.back() < 0) lines.pop_back();
        std::vector<int64_t> wanted = want.at(time)[l][static_cast<size_t>(set)];
        if (l >= pass->history.ordered_levels()) std::ranges::sort(lines), std::ranges::sort(wanted);
        ASSERT_EQ(lines, wanted) << "seed " << seed << ", time " << time << ", level " << l + 1 << ", set " << set;
      }
    }
    expect_nearest(pass->history, time, want.at(time), seed);
  }
}

TEST(CacheHistory, RandomNestsHoldWhatTheListsHold) {
  for (uint32_t seed = 1; seed <= 400 && !::testing::Test::HasFailure(); ++seed) {
    naive::RandomNest nest = naive::make_random_nest(seed, seed % 10 == 0 ? 40000 : 3000, seed % 8 == 0);
    nest.memory.threads = 1;
    expect_contents(nest.function, nest.memory, seed, seed % 3 == 0 ? 1 : 20000, seed % 2 ? 4000 : 1 << 20);
  }
}

TEST(CacheHistory, PeriodicNestsHoldWhatTheListsHold) {
  for (uint32_t seed = 1; seed <= 150 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomNest nest = naive::make_periodic_nest(seed);
    expect_contents(nest.function, nest.memory, seed, 20000, seed % 2 ? 4000 : 1 << 20);
  }
}

TEST(CacheHistory, StreamsHoldWhatTheListsHold) {
  for (uint32_t seed = 1; seed <= 150 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomNest nest = naive::make_stream_nest(seed);
    expect_contents(nest.function, nest.memory, seed, 20000, seed % 2 ? 4000 : 1 << 20);
  }
}

TEST(CacheHistory, FillingNestsHoldWhatTheListsHold) {
  for (uint32_t seed = 1; seed <= 150 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomNest nest = naive::make_filling_nest(seed);
    expect_contents(nest.function, nest.memory, seed, 20000, seed % 2 ? 4000 : 1 << 20);
  }
}

TEST(CacheHistory, TiledNestsHoldWhatTheListsHold) {
  for (uint32_t seed = 1; seed <= 150 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomNest nest = naive::make_tiled_nest(seed);
    expect_contents(nest.function, nest.memory, seed, 20000, seed % 2 ? 4000 : 1 << 20);
  }
}

TEST(CacheHistory, TimesAreThoseOfOneThread) {
  const naive::RandomNest nest = naive::make_periodic_nest(1);
  EXPECT_EQ(CacheHistory::simulate(nest.function, {.levels = {{"L1", 512, 2}}, .threads = 2}).error().kind, DiagnosticKind::BadArgument);
}

}  // namespace
}  // namespace loopglass::locality
