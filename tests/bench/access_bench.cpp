// How long the memory picture takes, on one core, with caches of 32K/8 and 512K/8; each row's label is its target. `./dev bench`.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <chrono>
#include <random>

#include "engine/locality/cache_history.h"
#include "engine/locality/cache_model.h"
#include "engine/locality/estimate.h"
#include "engine/locality/reuse_distance.h"
#include "tests/bench/access_kernels.h"

namespace loopglass {
namespace {

using bench::AccessKernel;

locality::CacheOptions caches(const AccessKernel& kernel) {
  return {.levels = {{"L1", 32768, 8}, {"L2", 524288, 8}}, .row_pitch = kernel.row_pitch};
}

void counts(benchmark::State& state, const AccessKernel& kernel) {
  for (auto _ : state) benchmark::DoNotOptimize(locality::count_accesses(kernel.function, {.row_pitch = kernel.row_pitch}));
}

void footprints(benchmark::State& state, const AccessKernel& kernel) {
  for (auto _ : state) benchmark::DoNotOptimize(locality::measure_footprints(kernel.function, {.row_pitch = kernel.row_pitch}));
}

void misses(benchmark::State& state, const AccessKernel& kernel) {
  for (auto _ : state) benchmark::DoNotOptimize(locality::simulate_caches(kernel.function, caches(kernel)));
}

void reuse(benchmark::State& state, const AccessKernel& kernel) {
  for (auto _ : state) benchmark::DoNotOptimize(locality::measure_reuse(kernel.function, {.row_pitch = kernel.row_pitch}));
}

void reuse_by_line(benchmark::State& state, const AccessKernel& kernel) {
  for (auto _ : state) benchmark::DoNotOptimize(locality::measure_reuse(kernel.function, {.row_pitch = kernel.row_pitch}, {.by_line = true}));
}

void first_answer(benchmark::State& state, const AccessKernel& kernel) {
  for (auto _ : state) benchmark::DoNotOptimize(locality::estimate_misses(kernel.function, caches(kernel)));
}

// Times that jump about; the slowest is counted too.
template <class Seek>
void seek(benchmark::State& state, int64_t accesses, const Seek& to) {
  std::mt19937_64 random(1);
  double slowest = 0;
  for (auto _ : state) {
    const auto time = static_cast<int64_t>(random() % static_cast<uint64_t>(accesses));
    const auto start = std::chrono::steady_clock::now();
    to(time);
    slowest = std::max(slowest, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  state.counters["slowest_ms"] = slowest;
}

void position(benchmark::State& state, const AccessKernel& kernel) {
  locality::Timeline timeline = locality::Timeline::make(kernel.function, {.row_pitch = kernel.row_pitch}).value();
  seek(state, timeline.accesses(), [&](int64_t time) { benchmark::DoNotOptimize(timeline.position(time)); });
}

void content(benchmark::State& state, const AccessKernel& kernel) {
  locality::CacheOptions options = caches(kernel);
  options.levels.push_back({"L3", int64_t{32} << 20, 16});
  auto pass = locality::CacheHistory::simulate(kernel.function, options).value();
  state.counters["checkpoint_MB"] = static_cast<double>(pass.history.checkpoint_bytes()) / 1e6;
  seek(state, pass.history.accesses(), [&](int64_t time) { benchmark::DoNotOptimize(pass.history.content(time)); });
}

void add(const char* what, const AccessKernel& kernel, double target_ms, void (*run)(benchmark::State&, const AccessKernel&)) {
  if (target_ms == 0) return;
  const auto labelled = [run, kernel, target_ms](benchmark::State& state) {
    run(state, kernel);
    state.SetLabel(fmt::format("target {} ms", target_ms));
  };
  benchmark::RegisterBenchmark(fmt::format("access/{}/{}", what, kernel.name).c_str(), labelled)->Unit(benchmark::kMillisecond);
}

const size_t kKernels = [] {
  const std::vector<AccessKernel> kernels = bench::access_kernels();
  for (const AccessKernel& kernel : kernels) {
    add("counts", kernel, kernel.counts_ms, counts);
    add("footprints", kernel, 2, footprints);
    add("misses", kernel, kernel.misses_ms, misses);
    add("first_answer", kernel, 50, first_answer);
    add("reuse", kernel, kernel.reuse_ms, reuse);
    add("reuse_by_line", kernel, 1.3 * kernel.reuse_ms, reuse_by_line);
    add("position", kernel, 16, position);
    add("content", kernel, 16, content);
  }
  return kernels.size();
}();

}  // namespace
}  // namespace loopglass
