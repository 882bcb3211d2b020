// Derived figures against the naive walk.
#include "engine/locality/quantities.h"

#include <gtest/gtest.h>

#include "engine/ir/op.h"
#include "engine/locality/element_lines.h"
#include "tests/locality/random_nest.h"

namespace loopglass::locality {
namespace {

CacheOptions options_of(const naive::RandomNest& nest) {
  CacheOptions options{.line = nest.memory.line, .row_pitch = nest.memory.row_pitch};
  for (const naive::Level& level : nest.memory.levels) options.levels.push_back({"L", level.sets * level.ways * nest.memory.line, level.ways});
  return options;
}

naive::RandomNest random_nest(uint32_t seed) {
  naive::RandomNest nest = naive::make_random_nest(seed, 3000, false);
  nest.memory.threads = 1;
  return nest;
}

TEST(Quantities, MissKindsAreThoseOfOneSet) {
  for (uint32_t seed = 1; seed <= 200 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomNest nest = random_nest(seed);
    const CacheOptions options = options_of(nest);
    const CacheResult caches = simulate_caches(nest.function, options).value();
    const auto kinds = classify_misses(nest.function, options, caches).value();
    const Access access = count_accesses(nest.function, {.row_pitch = options.row_pitch, .line = options.line}).value();
    for (size_t level = 0; level < kinds.size(); ++level) {
      naive::Memory whole = nest.memory;
      whole.levels = {{1, nest.memory.levels[level].sets * nest.memory.levels[level].ways}};
      const naive::Misses full = naive::simulate(nest.function, whole).levels[0];
      for (size_t b = 0; b < access.buffers.size(); ++b) {
        const MissKinds& kind = kinds[level][b];
        const auto it = full.by_buffer.find(access.buffers[b].buffer->name);
        if (4096 % options.line == 0) {   // no line is of two buffers
          EXPECT_EQ(kind.compulsory, access.buffers[b].lines) << "seed " << seed;
        }
        EXPECT_EQ(kind.compulsory + kind.capacity, it == full.by_buffer.end() ? 0 : it->second) << "seed " << seed << ", level " << level;
        EXPECT_EQ(kind.compulsory + kind.capacity + kind.conflict, caches.levels[level].by_buffer[b]) << "seed " << seed;
      }
    }
  }
}

TEST(Quantities, SetsAreUnderThePressureOfTheirLines) {
  for (uint32_t seed = 1; seed <= 50 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomNest nest = random_nest(seed);
    const CacheOptions options = options_of(nest);
    const auto sets = set_pressure(simulate_caches(nest.function, options).value(), options.levels[0], 0);
    const naive::Misses want = naive::simulate(nest.function, nest.memory).levels[0];
    std::vector<SetPressure> wanted(sets.size());
    for (const auto& [line, misses] : want.by_line) {
      SetPressure& set = wanted[static_cast<size_t>(line) % wanted.size()];
      ++set.lines;
      set.misses += misses;
    }
    for (size_t s = 0; s < sets.size(); ++s) {
      EXPECT_EQ(sets[s].lines, wanted[s].lines) << "seed " << seed << ", set " << s;
      EXPECT_EQ(sets[s].misses, wanted[s].misses) << "seed " << seed << ", set " << s;
    }
  }
}

TEST(Quantities, LinesAreUsedByTheirTouchedElements) {
  const naive::RandomNest nest = random_nest(3);
  const Options options{.row_pitch = nest.memory.row_pitch, .line = nest.memory.line};
  const Access access = count_accesses(nest.function, options).value();
  for (const BufferAccess& buffer : access.buffers) {
    const ElementCounts used = bytes_used_of_lines(buffer, options.line);
    int64_t bytes = 0;
    for (size_t e = 0; e < used.size(); ++e) {
      if (buffer.last[e] >= 0) {
        EXPECT_GE(used[e], buffer.buffer->dtype.bytes());
      }
      EXPECT_LE(used[e], options.line + buffer.buffer->dtype.bytes());
      bytes += buffer.last[e] >= 0 ? buffer.buffer->dtype.bytes() : 0;
    }
    EXPECT_EQ(bytes, buffer.bytes_used);
  }
}

TEST(Quantities, ThreadsAreThoseOfTheNaiveWalk) {
  int64_t shared = 0;
  for (uint32_t seed = 1; seed <= 200 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomNest nest = naive::make_random_nest(seed, 3000, false);
    const int threads = nest.memory.threads;
    std::map<const ir::BufferNode*, std::map<int64_t, std::set<int>>> by_element;
    naive::for_each_access(nest.function, threads, {}, [&](const naive::Event& event) { by_element[event.buffer.get()][event.elements[0]].insert(event.thread); });
    const auto buffers = threads_of_elements(nest.function, threads, {.row_pitch = nest.memory.row_pitch, .max_runs = seed % 3 == 0 ? 5u : 20000u}).value();
    for (const ElementThreads& buffer : buffers) {
      for (size_t e = 0; e < buffer.first.size(); ++e) {
        const std::set<int>& want = by_element[buffer.buffer.get()][static_cast<int64_t>(e)];
        EXPECT_EQ(buffer.first[e] >= 0, !want.empty()) << "seed " << seed;
        EXPECT_EQ(buffer.several[e], want.size() > 1) << "seed " << seed << ", element " << e;
        if (buffer.first[e] >= 0) {
          EXPECT_TRUE(want.contains(buffer.first[e])) << "seed " << seed;
        }
        shared += want.size() > 1;
      }
    }
  }
  EXPECT_GT(shared, 100);
}

// A[i] and A[12 - i] in 13 iterations that three threads share: in one loop or, the other way round, in two; again and again.
TEST(Quantities, TheFirstThreadIsThatOfTheFirstAccess) {
  using namespace ir;
  const Buffer a = make_buffer({.name = "A", .dtype = kFloat32, .shape = {make_int(13)}}), b = make_buffer({.name = "B", .dtype = kFloat32, .shape = {make_int(4)}});
  const Var again = make_var("again"), i = make_var("i"), j = make_var("j");
  const auto touch = [](const Buffer& of, Expr at) { return make_store(of, make_float(0), {std::move(at)}); };
  const auto loop = [](const Var& var, int extent, ForKind kind, Stmt body) { return make_for(var, make_int(0), make_int(extent), kind, std::move(body)); };
  const auto back = [](const Var& var) { return make_binary(ExprKind::Sub, make_int(12), var); };
  const Stmt one = loop(i, 13, ForKind::Parallel, make_seq({touch(a, i), touch(a, back(i)), touch(b, again)}));
  const Stmt backwards = loop(i, 13, ForKind::Parallel, make_seq({touch(a, back(i)), touch(b, make_int(0))})), forwards = loop(j, 13, ForKind::Parallel, touch(a, j));
  const auto thread_of = [](int element) { return element / 5; };
  for (const bool is_one : {true, false})
    for (const size_t max_runs : {size_t{1}, size_t{20000}}) {
      PrimFunc f;
      for (const Buffer& parameter : {a, b}) f.params.push_back({make_var("handle", kHandle), parameter});
      f.body = is_one ? loop(again, 4, ForKind::Serial, one) : make_seq({backwards, forwards});
      const auto buffers = threads_of_elements(std::make_shared<const PrimFunc>(std::move(f)), 3, {.max_runs = max_runs}).value();
      for (int e = 0; e < 13; ++e) {
        EXPECT_EQ(buffers[0].first[static_cast<size_t>(e)], is_one ? thread_of(std::min(e, 12 - e)) : thread_of(12 - e)) << is_one << ' ' << e;
        EXPECT_EQ(buffers[0].several[static_cast<size_t>(e)], thread_of(e) != thread_of(12 - e)) << is_one << ' ' << e;
      }
      EXPECT_EQ(buffers[1].first[0], 0);
      EXPECT_TRUE(buffers[1].several[0]);
    }
}

// A buffer of three dimensions whose rows are padded.
TEST(Quantities, ElementsLieOnTheLinesOfTheirAddresses) {
  BufferAccess buffer;
  buffer.shape = {2, 3, 5}, buffer.strides = {84, 28, 4}, buffer.base = 40;
  buffer.last = DenseCounts(30);
  const std::vector<int64_t> by_line{2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};   // each line's number
  const ElementCounts of = of_elements(by_line, 2, 16, buffer);
  ASSERT_EQ(of.size(), 30u);
  for (int64_t e = 0; e < 30; ++e) EXPECT_EQ(of[static_cast<size_t>(e)], (40 + e / 15 * 84 + e / 5 % 3 * 28 + e % 5 * 4) / 16) << e;
}

TEST(Quantities, StridesAreTheMostFrequentSteps) {
  int64_t told = 0;
  for (uint32_t seed = 1; seed <= 200 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomNest nest = random_nest(seed);
    const Options options{.row_pitch = nest.memory.row_pitch, .line = 1};
    const auto strides = dominant_strides(nest.function, options).value();
    const Access access = count_accesses(nest.function, options).value();
    std::map<int, int64_t> latest;
    std::map<int, std::map<int64_t, int64_t>> steps;
    naive::Memory bytes = nest.memory;
    bytes.line = 1;
    naive::for_each_line(nest.function, bytes, {}, [&](const naive::Event& event, int64_t, int64_t address) {
      if (const auto it = latest.find(event.reference); it != latest.end()) ++steps[event.reference][address - it->second];
      latest[event.reference] = address;
    });
    for (size_t r = 0; r < strides.size(); ++r) {
      int64_t all = 0, most = 0;
      for (const auto& [step, times] : steps[static_cast<int>(r)]) all += times, most = std::max(most, times);
      EXPECT_LE(strides[r].of, all) << "seed " << seed;
      if (strides[r].of != all) continue;   // cut into segments
      ++told;
      EXPECT_EQ(strides[r].times, most) << "seed " << seed << ", reference " << r;
      if (most > 0) {
        EXPECT_EQ(steps[static_cast<int>(r)][strides[r].bytes], most) << "seed " << seed << ", reference " << r;
      }
    }
  }
  EXPECT_GT(told, 200);
}

}  // namespace
}  // namespace loopglass::locality
