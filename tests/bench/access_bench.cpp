// How long the memory picture takes, on one core, with caches of 32K/8 and 512K/8; each row's label is its target. `./dev bench`.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "engine/locality/cache_model.h"
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

void misses(benchmark::State& state, const AccessKernel& kernel) {
  for (auto _ : state) benchmark::DoNotOptimize(locality::simulate_caches(kernel.function, caches(kernel)));
}

void reuse(benchmark::State& state, const AccessKernel& kernel) {
  for (auto _ : state) benchmark::DoNotOptimize(locality::measure_reuse(kernel.function, {.row_pitch = kernel.row_pitch}));
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
    add("misses", kernel, kernel.misses_ms, misses);
    add("reuse", kernel, kernel.reuse_ms, reuse);
  }
  return kernels.size();
}();

}  // namespace
}  // namespace loopglass
