#include "engine/locality/access.h"

#include <gtest/gtest.h>

#include "engine/interp/interpreter.h"
#include "engine/ir/op.h"
#include "engine/locality/nest.h"
#include "tests/locality/naive.h"
#include "tests/locality/random_nest.h"
#include "tests/locality/random_program.h"

namespace loopglass::locality {
namespace {

using namespace ir;

void expect_equal(const Access& got, const naive::Counts& want, uint32_t seed) {
  EXPECT_EQ(got.accesses, want.accesses) << "seed " << seed;
  ASSERT_EQ(got.references.size(), want.references.size()) << "seed " << seed;
  for (size_t r = 0; r < got.references.size(); ++r)
    EXPECT_EQ(got.references[r].count, want.references[r]) << "seed " << seed << ", reference " << r << ' ' << got.references[r].text;
  for (const BufferAccess& b : got.buffers) {
    const auto it = want.elements.find(b.buffer.get());
    int64_t reads = 0, writes = 0;
    std::set<int64_t> lines;
    for (size_t e = 0; e < b.first.size(); ++e) {
      const naive::Element wanted = it == want.elements.end() ? naive::Element{} : it->second[e];
      const naive::Element have{b.read_counts[e], b.write_counts[e], b.first[e], b.last[e]};
      ASSERT_EQ(have, wanted) << "seed " << seed << ", " << b.buffer->name << " element " << e << ": " << have.reads << ' ' << have.writes << ' '
                              << have.first << ' ' << have.last << " for " << wanted.reads << ' ' << wanted.writes << ' ' << wanted.first << ' ' << wanted.last;
      reads += wanted.reads, writes += wanted.writes;
      if (wanted.first >= 0) lines.insert((b.base + static_cast<int64_t>(e) * b.buffer->dtype.bytes()) / 64);
    }
    EXPECT_EQ(b.reads, reads);
    EXPECT_EQ(b.writes, writes);
    EXPECT_EQ(b.lines, static_cast<int64_t>(lines.size()));
  }
  for (const LoopFootprint& loop : got.loops) {
    std::map<const BufferNode*, int64_t> bytes;
    for (const auto& [buffer, n] : loop.footprint_bytes) bytes[buffer.get()] = n / buffer->dtype.bytes();
    const auto it = want.footprints.find(loop.var.get());
    EXPECT_EQ(bytes, it == want.footprints.end() ? decltype(bytes){} : it->second) << "seed " << seed << ", loop " << loop.path;
    const auto total = want.total_bytes.find(loop.var.get());
    EXPECT_EQ(loop.total_bytes, total == want.total_bytes.end() ? 0 : total->second) << "seed " << seed << ", loop " << loop.path;
  }
}

TEST(Access, RandomProgramsCountAsTheNaiveWalkDoes) {
  int nests = 0;
  int64_t joined = 0;
  for (uint32_t seed = 1; seed <= 3000 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomProgram program = naive::make_random_program(seed, false);
    const auto access = count_accesses(program.function);
    ASSERT_TRUE(access) << "seed " << seed << ": " << access.error().message;
    expect_equal(*access, naive::count(program.function), seed);
    nests += build_nest(program.function, lay_out(program.function, {}).value()).has_value();
    joined += access->runs_joined;
  }
  EXPECT_GT(nests, 2500) << "most of them are counted without being executed";
  EXPECT_GT(joined, 3000);
}

// Loops that are long against what separates their references: which of two comes first, or last, differs from element to element.
TEST(Access, RandomNestsCountAsTheNaiveWalkDoes) {
  int64_t joined = 0;
  for (uint32_t seed = 1; seed <= 500 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomNest nest = seed % 2 ? naive::make_random_nest(seed, 3000, false) : naive::make_filling_nest(seed);
    const auto access = count_accesses(nest.function);
    ASSERT_TRUE(access) << "seed " << seed << ": " << access.error().message;
    expect_equal(*access, naive::count(nest.function), seed);
    joined += access->runs_joined;
  }
  EXPECT_GT(joined, 500);
}

// Their counts lie on pages of their own, which are zeros without being written.
TEST(Access, ManyElementsAreCountedLikeFew) {
  constexpr int64_t kRows = 600;
  const auto buffer = [](const char* name) { return make_buffer({.name = name, .dtype = kFloat32, .shape = {make_int(kRows), make_int(kRows)}}); };
  const Buffer a = buffer("A"), b = buffer("B");
  const Var i = make_var("i"), j = make_var("j");
  PrimFunc f;
  for (const Buffer& parameter : {a, b}) f.params.push_back({make_var("handle", kHandle), parameter});
  f.body = make_for(i, make_int(0), make_int(kRows), ForKind::Serial,
                    make_for(j, make_int(0), make_int(kRows - 1), ForKind::Serial, make_store(a, make_load(b, {j, i}), {i, j})));
  const Access access = count_accesses(std::make_shared<const PrimFunc>(std::move(f))).value();
  for (int64_t row = 0; row < kRows; ++row)
    for (int64_t column = 0; column < kRows; ++column) {
      const auto e = static_cast<size_t>(row * kRows + column);
      const int64_t stored = column < kRows - 1 ? 2 * (row * (kRows - 1) + column) + 1 : -1, loaded = row < kRows - 1 ? 2 * (column * (kRows - 1) + row) : -1;
      ASSERT_EQ(access.buffers[0].first[e], stored) << row << ' ' << column;
      ASSERT_EQ(access.buffers[0].last[e], stored);
      ASSERT_EQ(access.buffers[0].write_counts[e], stored >= 0);
      ASSERT_EQ(access.buffers[0].read_counts[e], 0);
      ASSERT_EQ(access.buffers[1].first[e], loaded);
      ASSERT_EQ(access.buffers[1].read_counts[e], loaded >= 0);
    }
}

TEST(Access, NestsOfTooManyRunsAreStreamed) {
  for (uint32_t seed = 1; seed <= 1000 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomProgram program = naive::make_random_program(seed, false);
    const naive::Counts want = naive::count(program.function);
    for (size_t max_runs : {1, 5, 20}) {
      const auto access = count_accesses(program.function, {.max_runs = max_runs});
      ASSERT_TRUE(access) << "seed " << seed << ": " << access.error().message;
      expect_equal(*access, want, seed);
    }
  }
}

TEST(Access, GathersAreExecutedOnTheirData) {
  int gathers = 0;
  for (uint32_t seed = 1; seed <= 1000 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomProgram program = naive::make_random_program(seed, true);
    gathers += program.gathers;
    std::vector<interp::Tensor> arguments = interp::make_arguments(program.function, seed).value();
    const Buffer& indices = program.function->params[3].buffer;
    interp::fill_random_integers(arguments[3], seed, 0, 13);
    std::map<const BufferNode*, std::vector<int64_t>> data;
    for (int64_t i = 0; i < 13; ++i) data[indices.get()].push_back(arguments[3].int_at(i));
    const auto access = count_accesses(program.function, {.arguments = &arguments});
    ASSERT_TRUE(access) << "seed " << seed << ": " << access.error().message;
    expect_equal(*access, naive::count(program.function, data), seed);
  }
  EXPECT_GT(gathers, 300);
}

TEST(Touched, AnIterationTouchesWhatTheNaiveWalkSees) {
  for (uint32_t seed = 1; seed <= 300 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomProgram program = naive::make_random_program(seed, false);
    std::map<const VarNode*, int64_t> at;
    std::vector<const For*> around;
    // The first loop's chain of first children: each at its second iteration, where it has one.
    const auto descend = [&](auto& self, const Stmt& s) -> void {
      if (const auto* loop = as<For>(s)) {
        at[loop->loop_var.get()] = as_int(loop->min).value() + (loop->step ? 2 : 1);
        const auto touched = touched_by_iteration(program.function, loop->loop_var.get(), at);
        ASSERT_TRUE(touched);
        std::map<const BufferNode*, std::set<int64_t>> got;
        for (const Touched& t : *touched) got[t.buffer.get()] = {t.elements.begin(), t.elements.end()};
        EXPECT_EQ(got, naive::touched(program.function, at)) << "seed " << seed;
        return self(self, loop->body);
      }
      if (const auto* seq = as<Seq>(s)) return self(self, seq->stmts[0]);
      if (const auto* alloc = as<AllocBuffer>(s)) return self(self, alloc->body);
    };
    descend(descend, program.function->body);
  }
}

}  // namespace
}  // namespace loopglass::locality
