// Caches and stack distances against the naive lists.
#include "engine/locality/cache_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "engine/interp/interpreter.h"
#include "engine/ir/op.h"
#include "engine/locality/reuse_distance.h"
#include "tests/locality/random_nest.h"
#include "tests/locality/random_program.h"

namespace loopglass::locality {
namespace {

// More with LOOPGLASS_LOCALITY_SEEDS=10000.
uint32_t seeds(uint32_t usual) {
  const char* more = std::getenv("LOOPGLASS_LOCALITY_SEEDS");
  return more ? static_cast<uint32_t>(std::atoi(more)) : usual;
}

CacheOptions options_of(const naive::Memory& memory) {
  CacheOptions options;
  for (const naive::Level& level : memory.levels)
    options.levels.push_back({"L" + std::to_string(options.levels.size() + 1), level.sets * level.ways * memory.line, level.ways, level.is_shared});
  options.line = memory.line;
  options.threads = memory.threads;
  options.row_pitch = memory.row_pitch;
  return options;
}

template <class Key>
void expect_same(const std::vector<int64_t>& got, const std::map<Key, int64_t>& want, int64_t first, const std::string& what) {
  for (size_t i = 0; i < got.size(); ++i) {
    const auto it = want.find(static_cast<Key>(static_cast<int64_t>(i) + first));
    EXPECT_EQ(got[i], it == want.end() ? 0 : it->second) << what << ' ' << i;
  }
}

void expect_equal(const CacheResult& got, const naive::CacheCounts& want, const Access& access, uint32_t seed) {
  EXPECT_EQ(got.accesses, want.accesses) << "seed " << seed;
  ASSERT_EQ(got.levels.size(), want.levels.size());
  for (size_t l = 0; l < want.levels.size(); ++l) {
    const std::string where = "seed " + std::to_string(seed) + ", level " + std::to_string(l + 1);
    expect_same(got.levels[l].by_reference, want.levels[l].by_reference, 0, where + ", reference");
    expect_same(got.levels[l].by_line, want.levels[l].by_line, got.first_line, where + ", line");
    for (size_t b = 0; b < access.buffers.size(); ++b) {
      const auto it = want.levels[l].by_buffer.find(access.buffers[b].buffer->name);
      EXPECT_EQ(got.levels[l].by_buffer[b], it == want.levels[l].by_buffer.end() ? 0 : it->second) << where << ", buffer " << b;
    }
  }
}

void expect_equal(const ReuseResult& got, const std::map<int64_t, std::vector<int64_t>>& want, uint32_t seed) {
  for (size_t i = 0; i < got.by_line.min.size(); ++i) {
    const auto it = want.find(got.first_line + static_cast<int64_t>(i));
    const std::string where = "seed " + std::to_string(seed) + ", line " + std::to_string(i);
    const bool is_again = it != want.end() && !it->second.empty();
    const int64_t none = it == want.end() ? kNeverTouched : kNotTouchedAgain;
    EXPECT_EQ(got.by_line.min[i], is_again ? std::ranges::min(it->second) : none) << where;
    EXPECT_EQ(got.by_line.median[i], is_again ? naive::near_median(it->second) : none) << where;
    EXPECT_EQ(got.by_line.max[i], is_again ? std::ranges::max(it->second) : none) << where;
  }
  if (want.empty()) return;
  EXPECT_LE(got.first_line, want.begin()->first) << "seed " << seed;
  EXPECT_LT(want.rbegin()->first, got.first_line + static_cast<int64_t>(got.by_line.min.size())) << "seed " << seed;
}

void expect_equal(const ReuseResult& got, const std::map<std::string, std::map<int, int64_t>>& want, const Access& access, uint32_t seed) {
  for (size_t b = 0; b < access.buffers.size(); ++b) {
    std::vector<int64_t> all{got.buffers[b].cold};
    all.insert(all.end(), got.buffers[b].log2.begin(), got.buffers[b].log2.end());
    const auto it = want.find(access.buffers[b].buffer->name);
    const std::map<int, int64_t> wanted = it == want.end() ? std::map<int, int64_t>{} : it->second;
    EXPECT_LE(wanted.empty() ? 0 : wanted.rbegin()->first, static_cast<int>(all.size()) - 1) << "seed " << seed << ", buffer " << b;
    expect_same(all, wanted, 0, "seed " + std::to_string(seed) + ", buffer " + std::to_string(b) + ", bucket");
  }
}

struct Fired {
  int64_t repetitions = 0, folded = 0, blocks = 0, streams = 0, recalled = 0, found_behind = 0, replayed = 0, partly_moved = 0;
};

// Both simulations of a nest against the lists.
void check(const ir::Function& function, const naive::Memory& memory, uint32_t seed, Fired& misses, Fired& reuse, size_t max_runs = 20000,
           const std::vector<interp::Tensor>* arguments = nullptr, const std::map<const ir::BufferNode*, std::vector<int64_t>>& data = {}) {
  CacheOptions options = options_of(memory);
  options.max_runs = max_runs;
  options.arguments = arguments;
  const Options counting{.row_pitch = memory.row_pitch, .line = memory.line, .arguments = arguments, .max_runs = max_runs};
  const auto access = count_accesses(function, counting);
  ASSERT_TRUE(access) << "seed " << seed << ": " << access.error().message;
  const auto got = simulate_caches(function, options);
  ASSERT_TRUE(got) << "seed " << seed << ": " << got.error().message;
  expect_equal(*got, naive::simulate(function, memory, data), *access, seed);
  EXPECT_EQ(got->accesses, access->accesses);
  const auto distances = measure_reuse(function, counting, {.by_line = true});
  ASSERT_TRUE(distances) << "seed " << seed << ": " << distances.error().message;
  const naive::Reuse want = naive::reuse(function, memory, data);
  expect_equal(*distances, want.by_buffer, *access, seed);
  expect_equal(*distances, want.by_line, seed);
  EXPECT_EQ(measure_reuse(function, counting)->buffers, distances->buffers) << "seed " << seed;
  misses.streams += got->streams_left_out, misses.recalled += got->iterations_recalled, misses.found_behind += got->iterations_found_behind;
  misses.replayed += got->iterations_replayed, misses.partly_moved += got->ends_partly_moved;
  misses.blocks += got->blocks_left_out, reuse.blocks += distances->blocks_left_out;
  misses.repetitions += got->repetitions_left_out, misses.folded += got->nests_folded;
  reuse.repetitions += distances->repetitions_left_out, reuse.folded += distances->nests_folded;
}

TEST(Caches, RandomNestsMissAsOnLists) {
  Fired misses, reuse;
  const uint32_t count = seeds(1500);
  for (uint32_t seed = 1; seed <= count && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomNest nest = naive::make_random_nest(seed, seed % 20 == 0 ? 40000 : 3000, false);
    check(nest.function, nest.memory, seed, misses, reuse);
  }
  if (count < 1500) return;
  EXPECT_GT(misses.repetitions, 1000);
  EXPECT_GT(reuse.repetitions, 1000);
  EXPECT_GT(misses.folded, 100);
  EXPECT_GT(reuse.folded, 1000);
}

TEST(Caches, PeriodicNestsMissAsOnLists) {
  Fired misses, reuse;
  for (uint32_t seed = 1; seed <= seeds(150) && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomNest nest = naive::make_periodic_nest(seed);
    check(nest.function, nest.memory, seed, misses, reuse);
  }
  EXPECT_GT(misses.blocks, 200);
  EXPECT_GT(reuse.blocks, 200);
}

TEST(Caches, SlidingNestsMissAsOnLists) {
  Fired misses, reuse;
  for (uint32_t seed = 1; seed <= seeds(300) && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomNest nest = naive::make_sliding_nest(seed);
    check(nest.function, nest.memory, seed, misses, reuse);
  }
  EXPECT_GT(reuse.blocks, 500);
}

TEST(Caches, StreamsMissAsOnLists) {
  Fired misses, reuse;
  for (uint32_t seed = 1; seed <= seeds(1000) && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomNest nest = naive::make_stream_nest(seed);
    check(nest.function, nest.memory, seed, misses, reuse);
  }
  EXPECT_GT(misses.streams, 500);
}

TEST(Caches, FillingNestsMissAsOnLists) {
  Fired misses, reuse;
  for (uint32_t seed = 1; seed <= seeds(300) && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomNest nest = naive::make_filling_nest(seed);
    check(nest.function, nest.memory, seed, misses, reuse);
  }
  EXPECT_GT(misses.recalled, 5000);
  EXPECT_GT(misses.found_behind, 300);
}

TEST(Caches, TiledNestsMissAsOnLists) {
  Fired misses, reuse;
  for (uint32_t seed = 1; seed <= seeds(400) && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomNest nest = naive::make_tiled_nest(seed);
    check(nest.function, nest.memory, seed, misses, reuse);
  }
  EXPECT_GT(misses.replayed, 3000);
  EXPECT_GT(misses.partly_moved, 80);
}

// In nests too long for lists: a cache of one set misses the first touches and those that are farther apart than it has ways.
TEST(Caches, OneSetMissesWhatTheDistancesSay) {
  int64_t far = 0;
  for (uint32_t seed = 1; seed <= 120 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomNest nest = naive::make_random_nest(seed, 2000000, false);
    const auto caches = simulate_caches(nest.function, {.levels = {{"L1", 16 * 64, 64}}, .line = 16, .row_pitch = nest.memory.row_pitch});
    const auto reuse = measure_reuse(nest.function, {.row_pitch = nest.memory.row_pitch, .line = 16});
    ASSERT_TRUE(caches && reuse) << "seed " << seed;
    EXPECT_EQ(caches->accesses, reuse->accesses);
    int64_t touches = 0;
    for (size_t b = 0; b < reuse->buffers.size(); ++b) {
      const ReuseHistogram& histogram = reuse->buffers[b];
      int64_t misses = histogram.cold;
      touches += histogram.cold;
      for (size_t bucket = 0; bucket < histogram.log2.size(); ++bucket) {
        touches += histogram.log2[bucket];
        if (bucket > 6) misses += histogram.log2[bucket];   // 64 and more
      }
      far += misses - histogram.cold;
      EXPECT_EQ(caches->levels[0].by_buffer[b], misses) << "seed " << seed << ", buffer " << b;
    }
    EXPECT_EQ(touches, reuse->accesses) << "seed " << seed;
  }
  EXPECT_GT(far, 100000);
}

// Rows are walked backwards, then forwards between repeated touches of one line: each comes from one line deeper than the row before.
TEST(Caches, ATouchAtTheDepthThatIsComparedIsSeen) {
  using namespace ir;
  const auto buffer = [](const char* name, int rows) { return make_buffer({.name = name, .dtype = kFloat32, .shape = {make_int(rows), make_int(16)}}); };
  const Buffer a = buffer("A", 40), b = buffer("B", 1);
  const Var i = make_var("i"), j = make_var("j"), again = make_var("again"), c = make_var("c");
  const auto touch = [](const Buffer& of, Expr row, Expr column) { return make_store(of, make_float(0), {std::move(row), std::move(column)}); };
  const auto loop = [](const Var& var, int extent, Stmt body) { return make_for(var, make_int(0), make_int(extent), ForKind::Serial, std::move(body)); };
  const Stmt backwards = loop(i, 40, touch(a, make_binary(ExprKind::Sub, make_int(39), i), make_int(0)));
  const Stmt forwards = loop(j, 40, make_seq({touch(a, j, make_int(0)), loop(again, 100, loop(c, 16, touch(b, make_int(0), c)))}));
  PrimFunc f;
  for (const Buffer& parameter : {a, b}) f.params.push_back({make_var("handle", kHandle), parameter});
  f.body = make_seq({backwards, forwards});
  Fired misses, reuse;
  check(std::make_shared<const PrimFunc>(std::move(f)), {.levels = {{4, 2}, {4, 5}}}, 0, misses, reuse);
}

// As above, but behind the deep touch comes a loop that is left out in blocks of its own, and looks less deep.
TEST(Caches, ADeepTouchBeforeBlocksInBlocksIsSeen) {
  using namespace ir;
  const auto buffer = [](const char* name, int rows) { return make_buffer({.name = name, .dtype = kFloat32, .shape = {make_int(rows), make_int(16)}}); };
  const Buffer a = buffer("A", 1008), b = buffer("B", 40);
  const Var i = make_var("i"), o = make_var("o"), n = make_var("n");
  const auto loop = [](const Var& var, int extent, Stmt body) { return make_for(var, make_int(0), make_int(extent), ForKind::Serial, std::move(body)); };
  const auto touch = [](const Buffer& of, Expr row) { return make_store(of, make_float(0), {std::move(row), make_int(0)}); };
  const Stmt backwards = loop(i, 40, touch(b, make_binary(ExprKind::Sub, make_int(39), i)));
  std::vector<Stmt> pair;   // seven touches of two lines: too few for a fold
  for (int t = 0; t < 7; ++t) pair.push_back(touch(a, add(mul(n, make_int(2)), make_int(t % 2))));
  PrimFunc f;
  for (const Buffer& parameter : {a, b}) f.params.push_back({make_var("handle", kHandle), parameter});
  f.body = make_seq({backwards, loop(o, 40, make_seq({touch(b, o), loop(n, 504, make_seq(std::move(pair)))}))});
  Fired misses, reuse;
  check(std::make_shared<const PrimFunc>(std::move(f)), {.levels = {{4, 2}}}, 0, misses, reuse);
  EXPECT_GT(reuse.blocks, 0);
}

// Nothing touches row 30 of B for so long that iterations are replayed, but it is still there when the loop comes to it.
TEST(Caches, ALineThatIsLeftAloneIsFoundInTheEnd) {
  using namespace ir;
  const auto buffer = [](const char* name) { return make_buffer({.name = name, .dtype = kFloat32, .shape = {make_int(70), make_int(16)}}); };
  const Buffer a = buffer("A"), b = buffer("B");
  const Var i = make_var("i"), again = make_var("again"), c = make_var("c");
  const auto loop = [](const Var& var, int extent, Stmt body) { return make_for(var, make_int(0), make_int(extent), ForKind::Serial, std::move(body)); };
  const auto touch = [](const Buffer& of, Expr row, Expr column) { return make_store(of, make_float(0), {std::move(row), std::move(column)}); };
  PrimFunc f;
  for (const Buffer& parameter : {a, b}) f.params.push_back({make_var("handle", kHandle), parameter});
  f.body = make_seq({touch(b, make_int(30), make_int(0)), loop(i, 70, make_seq({touch(b, i, make_int(0)), loop(again, 20, loop(c, 16, touch(a, i, c)))}))});
  Fired misses, reuse;
  check(std::make_shared<const PrimFunc>(std::move(f)), {.levels = {{1, 64}}}, 0, misses, reuse);
  EXPECT_GT(misses.partly_moved, 0);
}

// What a fold counted before a loop that is left out in blocks does not belong to its blocks.
TEST(Caches, AFoldBeforeBlocksIsNotMoved) {
  using namespace ir;
  const auto buffer = [](const char* name, int rows) { return make_buffer({.name = name, .dtype = kFloat32, .shape = {make_int(rows), make_int(16)}}); };
  const Buffer a = buffer("A", 1), b = buffer("B", 400);
  const Var t = make_var("t"), o = make_var("o"), i = make_var("i"), j = make_var("j"), n = make_var("n"), again = make_var("again"), c = make_var("c");
  const auto loop = [](const Var& var, int extent, Stmt body) { return make_for(var, make_int(0), make_int(extent), ForKind::Serial, std::move(body)); };
  const auto touch = [](const Buffer& of, Expr row, Expr column) { return make_store(of, make_float(0), {std::move(row), std::move(column)}); };
  const Stmt folded = loop(o, 4, loop(i, 8, loop(j, 16, touch(b, add(o, i), j))));
  const Stmt blocks = loop(n, 380, make_seq({touch(b, add(n, make_int(11)), make_int(0)), loop(again, 20, loop(c, 16, touch(a, make_int(0), c)))}));
  PrimFunc f;
  for (const Buffer& parameter : {a, b}) f.params.push_back({make_var("handle", kHandle), parameter});
  const Stmt once = touch(a, make_int(0), make_int(0));   // so the first block is alike to what was before it
  f.body = loop(t, 2, make_seq({folded, once, blocks}));
  Fired misses, reuse;
  check(std::make_shared<const PrimFunc>(std::move(f)), {.levels = {{4, 2}}}, 0, misses, reuse);
  EXPECT_GT(reuse.folded, 0);
  EXPECT_GT(reuse.blocks, 0);
}

// Line 0 is in L1 but no longer in L2 when a long sequence begins to be repeated: it reaches L2 from the second time on, and is found there from the third.
TEST(Caches, ALevelThatLetsOtherLinesThroughIsNotSettled) {
  using namespace ir;
  const Buffer a = make_buffer({.name = "A", .dtype = kFloat32, .shape = {make_int(26), make_int(16)}});
  const Var f = make_var("f"), r = make_var("r"), again = make_var("again"), c = make_var("c");
  const auto touch = [&](Expr row, Expr column) { return make_store(a, make_float(0), {std::move(row), std::move(column)}); };
  const auto loop = [](const Var& var, int extent, Stmt body) { return make_for(var, make_int(0), make_int(extent), ForKind::Serial, std::move(body)); };
  const auto row = [&](int n) { return touch(make_int(n), make_int(0)); };
  const Stmt before = loop(f, 4, make_seq({row(0), touch(add(mul(f, make_int(4)), make_int(13)), make_int(0))}));
  const Stmt repeated = loop(r, 6, make_seq({touch(make_int(22), r), row(0), row(4), row(8), loop(again, 100, loop(c, 16, touch(make_int(1), c)))}));
  PrimFunc function;
  function.params.push_back({make_var("handle", kHandle), a});
  function.body = make_seq({before, repeated});
  Fired misses, reuse;
  check(std::make_shared<const PrimFunc>(std::move(function)), {.levels = {{4, 2}, {1, 4}}}, 0, misses, reuse);
  EXPECT_GT(misses.repetitions, 0);
}

TEST(Caches, BadOptionsAreRefused) {
  const ir::Function function = naive::make_random_program(1, false).function;
  EXPECT_EQ(simulate_caches(function, {.levels = {{"L1", 1000, 8}}}).error().kind, DiagnosticKind::BadArgument) << "no whole number of sets";
  EXPECT_EQ(simulate_caches(function, {.levels = {{"L1", 512, 0}}}).error().kind, DiagnosticKind::BadArgument) << "no ways";
  EXPECT_EQ(simulate_caches(function, {.levels = {{"L1", 512, 8}}, .threads = 0}).error().kind, DiagnosticKind::BadArgument);
  EXPECT_EQ(simulate_caches(function, {.levels = {{"L1", int64_t{1} << 40, 8}}}).error().kind, DiagnosticKind::KernelMemory);
}

// Stopped in the middle, not only before the start.
TEST(Caches, SimulationsAreCancelled) {
  using namespace ir;
  const Buffer a = make_buffer({.name = "A", .dtype = kFloat32, .shape = {make_int(1 << 22)}});
  const Var i = make_var("i"), j = make_var("j");
  // So long that it ends by being stopped: the two references move apart, so no iteration is alike to another.
  const Expr index = add(i, mul(j, make_int(63))), apart = mul(i, make_int(2));
  PrimFunc f;
  f.params.push_back({make_var("handle", kHandle), a});
  f.body = make_for(i, make_int(0), make_int(1 << 21), ForKind::Serial,
                    make_for(j, make_int(0), make_int(1 << 15), ForKind::Serial, make_store(a, make_load(a, {apart}), {index})));
  const Function function = std::make_shared<const PrimFunc>(std::move(f));
  for (const bool is_reuse : {false, true}) {
    std::stop_source source;
    std::jthread stopper([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      source.request_stop();
    });
    const auto expect_cancelled = [](const auto& result) {
      ASSERT_FALSE(result);
      EXPECT_EQ(result.error().kind, DiagnosticKind::Cancelled);
    };
    if (is_reuse) expect_cancelled(measure_reuse(function, {.stop = source.get_token()}));
    else expect_cancelled(simulate_caches(function, {.levels = {{"L1", 512, 2}}, .stop = source.get_token()}));
  }
}

TEST(Caches, VectorsTouchEachLineOnce) {
  Fired misses, reuse;
  for (uint32_t seed = 1; seed <= 300 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomNest nest = naive::make_random_nest(seed, 1000, true);
    check(nest.function, nest.memory, seed, misses, reuse);
  }
}

TEST(Caches, RandomProgramsMissAsOnLists) {
  Fired misses, reuse;
  for (uint32_t seed = 1; seed <= seeds(600) && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomProgram program = naive::make_random_program(seed, false);
    naive::Memory memory{.levels = {{4, 2}, {3, 4}}, .line = seed % 2 ? 16 : 64};
    check(program.function, memory, seed, misses, reuse, seed % 3 == 0 ? 5 : 20000);
  }
}

TEST(Caches, GathersMissByTheirData) {
  Fired misses, reuse;
  for (uint32_t seed = 1; seed <= 300 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomProgram program = naive::make_random_program(seed, true);
    std::vector<interp::Tensor> arguments = interp::make_arguments(program.function, seed).value();
    interp::fill_random_integers(arguments[3], seed, 0, 13);
    std::map<const ir::BufferNode*, std::vector<int64_t>> data;
    for (int64_t i = 0; i < 13; ++i) data[program.function->params[3].buffer.get()].push_back(arguments[3].int_at(i));
    check(program.function, {.levels = {{2, 2}, {7, 1}}, .line = 16}, seed, misses, reuse, 20000, &arguments, data);
  }
}

}  // namespace
}  // namespace loopglass::locality
