#include "engine/locality/access.h"

#include <gtest/gtest.h>

#include "engine/interp/interpreter.h"
#include "engine/ir/op.h"
#include "engine/locality/nest.h"
#include "engine/locality/quantities.h"
#include "engine/locality/walker.h"
#include "tests/locality/naive.h"
#include "tests/locality/random_nest.h"
#include "tests/locality/random_program.h"

namespace loopglass::locality {
namespace {

using namespace ir;

// Buffers whose counts are formulas, or held one by one.
struct Kinds {
  int64_t formulas = 0, dense = 0;
};

Kinds kinds_of(const Access& access) {
  Kinds kinds;
  for (const BufferAccess& b : access.buffers) ++(b.first.is_dense() ? kinds.dense : kinds.formulas);
  return kinds;
}

// What is read of a buffer at once is what its elements have one by one.
void expect_reads(const ElementCounts& counts, uint32_t seed) {
  const auto size = static_cast<int64_t>(counts.size());
  if (size == 0) return;
  const int64_t from = seed % size, step = 1 + seed / 3 % 17;
  std::vector<int64_t> some(static_cast<size_t>((size - from - 1) / step + 1));
  counts.read(from, step, some);
  for (size_t i = 0; i < some.size(); ++i) ASSERT_EQ(some[i], counts[static_cast<size_t>(from) + i * static_cast<size_t>(step)]) << "seed " << seed << ", from " << from << " by " << step;
  const DenseCounts all = counts.dense();
  for (size_t e = 0; e < all.size(); ++e) ASSERT_EQ(all[e], counts[e]) << "seed " << seed << ", element " << e;
}

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
    for (const ElementCounts* counts : {&b.read_counts, &b.write_counts, &b.first, &b.last}) expect_reads(*counts, seed);
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

// Footprints measured alone are those that come with the counts.
void expect_equal(const std::vector<LoopFootprint>& got, const std::vector<LoopFootprint>& want, uint32_t seed) {
  ASSERT_EQ(got.size(), want.size()) << "seed " << seed;
  for (size_t l = 0; l < got.size(); ++l) {
    EXPECT_EQ(got[l].path, want[l].path) << "seed " << seed;
    EXPECT_EQ(got[l].var, want[l].var) << "seed " << seed;
    EXPECT_EQ(got[l].extent, want[l].extent) << "seed " << seed;
    EXPECT_EQ(got[l].footprint_bytes, want[l].footprint_bytes) << "seed " << seed;
    EXPECT_EQ(got[l].total_bytes, want[l].total_bytes) << "seed " << seed;
  }
}

TEST(Access, RandomProgramsCountAsTheNaiveWalkDoes) {
  int nests = 0;
  int64_t joined = 0, formulas = 0;
  for (uint32_t seed = 1; seed <= 3000 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomProgram program = naive::make_random_program(seed, false);
    const auto access = count_accesses(program.function);
    ASSERT_TRUE(access) << "seed " << seed << ": " << access.error().message;
    expect_equal(*access, naive::count(program.function), seed);
    nests += build_nest(program.function, lay_out(program.function, {}).value()).has_value();
    expect_equal(measure_footprints(program.function).value(), access->loops, seed);
    joined += access->runs_joined;
    formulas += kinds_of(*access).formulas;
  }
  EXPECT_GT(formulas, 7500);
  EXPECT_GT(nests, 2500) << "most of them are counted without being executed";
  EXPECT_GT(joined, 3000);
}

// Loops that are long against what separates their references: which of two comes first, or last, differs from element to element.
TEST(Access, RandomNestsCountAsTheNaiveWalkDoes) {
  int64_t joined = 0, formulas = 0, dense = 0;
  for (uint32_t seed = 1; seed <= 500 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomNest nest = seed % 2 ? naive::make_random_nest(seed, 3000, false) : naive::make_filling_nest(seed);
    const auto access = count_accesses(nest.function);
    ASSERT_TRUE(access) << "seed " << seed << ": " << access.error().message;
    expect_equal(*access, naive::count(nest.function), seed);
    joined += access->runs_joined;
    formulas += kinds_of(*access).formulas, dense += kinds_of(*access).dense;
  }
  EXPECT_GT(joined, 500);
  EXPECT_GT(formulas, 1000);
  EXPECT_GT(dense, 10);
}

Function of(std::vector<Buffer> parameters, Stmt body) {
  PrimFunc f;
  for (const Buffer& parameter : parameters) f.params.push_back({make_var("handle", kHandle), parameter});
  f.body = std::move(body);
  return std::make_shared<const PrimFunc>(std::move(f));
}

Buffer buffer(const char* name, std::vector<int64_t> shape) {
  std::vector<Expr> extents;
  for (int64_t extent : shape) extents.push_back(make_int(extent));
  return make_buffer({.name = name, .dtype = kFloat32, .shape = std::move(extents)});
}

// More than could be held one by one.
TEST(Access, VeryManyElementsAreCountedByFormulas) {
  constexpr int64_t kRows = 10000;
  const Buffer a = buffer("A", {kRows, kRows}), b = buffer("B", {kRows, kRows});
  const Var i = make_var("i"), j = make_var("j");
  const Stmt body = make_for(j, make_int(0), make_int(kRows - 1), ForKind::Serial, make_store(a, make_load(b, {j, i}), {i, j}));
  const Access access = count_accesses(of({a, b}, make_for(i, make_int(0), make_int(kRows), ForKind::Serial, body))).value();
  EXPECT_EQ(kinds_of(access).dense, 0);
  EXPECT_EQ(access.buffers[0].bytes_used, 4 * kRows * (kRows - 1));
  EXPECT_EQ(access.buffers[0].lines, kRows * kRows / 16) << "each row's last line has other elements too";
  EXPECT_EQ(access.buffers[1].lines, kRows * (kRows - 1) / 16) << "the last row is not touched";
  std::vector<int64_t> column(kRows);
  for (int64_t row = 0; row < kRows; row += 37)
    for (int64_t at = row % 41; at < kRows; at += kRows - 1 - row % 41) {
      const auto e = static_cast<size_t>(row * kRows + at);
      const int64_t stored = at < kRows - 1 ? 2 * (row * (kRows - 1) + at) + 1 : -1, loaded = row < kRows - 1 ? 2 * (at * (kRows - 1) + row) : -1;
      ASSERT_EQ(access.buffers[0].first[e], stored) << row << ' ' << at;
      ASSERT_EQ(access.buffers[0].last[e], stored);
      ASSERT_EQ(access.buffers[0].write_counts[e], stored >= 0);
      ASSERT_EQ(access.buffers[0].read_counts[e], 0);
      ASSERT_EQ(access.buffers[1].first[e], loaded);
      ASSERT_EQ(access.buffers[1].read_counts[e], loaded >= 0);
    }
  access.buffers[1].first.read(5, kRows, column);
  for (int64_t row = 0; row < kRows; ++row) ASSERT_EQ(column[static_cast<size_t>(row)], row < kRows - 1 ? 2 * (5 * (kRows - 1) + row) : -1) << row;
}

// The runs that a function falls into.
int64_t runs_of(const Function& function) {
  class Runs : public RunSink {
   public:
    void run(const Run&) override { ++count; }
    int64_t count = 0;
  } runs;
  const Layout layout = lay_out(function, {}).value();
  const std::optional<Nest> nest = build_nest(function, layout);
  EXPECT_TRUE(nest);
  EXPECT_TRUE(Walker(*nest, layout, runs, {}).walk());
  return runs.count;
}

// Where the divisor divides one loop's part and is not reached by the other's, quotient and remainder have no cuts.
TEST(Access, PackedLayoutsAreOneRun) {
  const Buffer a = buffer("A", {64, 16});
  const Var i = make_var("i"), j = make_var("j");
  for (const auto& [inner, shift, runs] : {std::tuple(16, 0, 1), {16, 32, 1}, {8, 0, 16}, {16, 3, 2 * 32}}) {
    const Expr at = add(mul(i, make_int(inner)), add(j, make_int(shift)));
    const Stmt body = make_for(j, make_int(0), make_int(inner), ForKind::Serial, make_store(a, make_float(0), {floordiv(at, make_int(16)), floormod(at, make_int(16))}));
    const Function packed = of({a}, make_for(i, make_int(0), make_int(32), ForKind::Serial, body));
    EXPECT_EQ(runs_of(packed), runs) << inner << ' ' << shift;
    expect_equal(count_accesses(packed).value(), naive::count(packed), 1);
  }
}

// Segments of a fused loop are rows that lie at even distances.
TEST(Access, FusedLoopsAreCountedByFormulas) {
  constexpr int64_t kRows = 1200, kColumns = 1100;
  const Buffer a = buffer("A", {kColumns, kRows}), b = buffer("B", {kRows, kColumns});
  const Var f = make_var("f");
  const Expr row = floordiv(f, make_int(kColumns)), column = floormod(f, make_int(kColumns));
  const Access access = count_accesses(of({a, b}, make_for(f, make_int(0), make_int(kRows * kColumns), ForKind::Serial, make_store(b, make_load(a, {column, row}), {row, column})))).value();
  EXPECT_EQ(kinds_of(access).dense, 0);
  for (const ElementCounts* counts : {&access.buffers[1].first, &access.buffers[1].last}) {
    const DenseCounts times = counts->dense();
    for (size_t e = 0; e < times.size(); ++e) ASSERT_EQ(times[e], 2 * static_cast<int64_t>(e) + 1);
  }
  const DenseCounts times = access.buffers[0].first.dense();
  for (int64_t e = 0; e < kRows * kColumns; ++e) ASSERT_EQ(times[static_cast<size_t>(e)], 2 * (e % kRows * kColumns + e / kRows));
}

// Too many runs for a formula: the counts lie on pages of their own, which are zeros without being written.
TEST(Access, ScatteredElementsAreHeldOneByOne) {
  constexpr int64_t kSize = 360007, kTimes = 5000;
  const Buffer a = buffer("A", {kTimes}), b = buffer("B", {kSize});
  const Var i = make_var("i");
  const Function scatter = of({a, b}, make_for(i, make_int(0), make_int(kTimes), ForKind::Serial, make_store(b, make_load(a, {i}), {floormod(mul(i, i), make_int(kSize))})));
  const Access access = count_accesses(scatter).value();
  EXPECT_EQ(kinds_of(access).formulas, 1);
  std::vector<naive::Element> want(kSize);
  for (int64_t t = 0; t < kTimes; ++t) {
    naive::Element& e = want[static_cast<size_t>(t * t % kSize)];
    e = {0, e.writes + 1, e.first < 0 ? 2 * t + 1 : e.first, 2 * t + 1};
  }
  const BufferAccess& counts = access.buffers[1];
  for (size_t e = 0; e < kSize; ++e) ASSERT_EQ((naive::Element{counts.read_counts[e], counts.write_counts[e], counts.first[e], counts.last[e]}), want[e]) << e;
  EXPECT_EQ(counts.bytes_used, 4 * std::ranges::count_if(want, [](const naive::Element& e) { return e.writes > 0; }));
  EXPECT_EQ(count_accesses(scatter, {.max_bytes = 10 * kSize}).error().kind, DiagnosticKind::KernelMemory);
  EXPECT_EQ(threads_of_elements(scatter, 2, {.max_bytes = 10 * kSize}).error().kind, DiagnosticKind::KernelMemory);
}

TEST(Access, NestsOfTooManyRunsAreStreamed) {
  int64_t formulas = 0, dense = 0;
  for (uint32_t seed = 1; seed <= 1000 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomProgram program = naive::make_random_program(seed, false);
    const naive::Counts want = naive::count(program.function);
    for (size_t max_runs : {1, 5, 20}) {
      const auto access = count_accesses(program.function, {.max_runs = max_runs});
      ASSERT_TRUE(access) << "seed " << seed << ": " << access.error().message;
      expect_equal(*access, want, seed);
      expect_equal(measure_footprints(program.function, {.max_runs = max_runs}).value(), access->loops, seed);
      formulas += kinds_of(*access).formulas, dense += kinds_of(*access).dense;
    }
  }
  EXPECT_GT(formulas, 1000);
  EXPECT_GT(dense, 100);
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
    expect_equal(measure_footprints(program.function, {.arguments = &arguments}).value(), access->loops, seed);
  }
  EXPECT_GT(gathers, 300);
}

// What is told of a buffer's numbers without looking at them holds of each of them.
TEST(ElementCounts, AreConstantWhereTheySaySo) {
  int64_t constants = 0, everywhere = 0;
  for (uint32_t seed = 1; seed <= 400 && !::testing::Test::HasFailure(); ++seed) {
    const naive::RandomProgram program = naive::make_random_program(seed, seed % 4 == 0);
    const auto access = count_accesses(program.function);
    ASSERT_TRUE(access);
    for (const BufferAccess& buffer : access->buffers)
      for (const ElementCounts& counts : {buffer.read_counts, buffer.write_counts, buffer.first, buffer.last, touches_of(buffer.read_counts, buffer.write_counts), where_touched(buffer.first, {}), where_touched(buffer.first, buffer.write_counts)}) {
        if (counts.empty()) continue;
        const DenseCounts numbers = counts.dense();
        if (const auto constant = counts.constant()) {
          ++constants;
          EXPECT_TRUE(std::ranges::all_of(numbers, [&](int64_t number) { return number == *constant; })) << "seed " << seed << ", " << buffer.buffer->name;
        }
        if (counts.is_never_negative()) {
          ++everywhere;
          EXPECT_GE(std::ranges::min(numbers), 0) << "seed " << seed << ", " << buffer.buffer->name;
        }
      }
  }
  EXPECT_GT(constants, 500);
  EXPECT_GT(everywhere, 1000);
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
        for (const Touched& t : *touched) t.elements.for_each([&](int64_t element) { got[t.buffer.get()].insert(element); });
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
