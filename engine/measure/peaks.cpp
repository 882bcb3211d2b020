#include "engine/measure/peaks.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

namespace loopglass::measure {
namespace {

using Vector128 = float __attribute__((vector_size(16)));
using Vector256 = float __attribute__((vector_size(32)));
using Vector512 = float __attribute__((vector_size(64)));

// Keeps the compiler from working out or dropping what is timed.
void use(float value) {
  [[maybe_unused]] static volatile float sink;
  sink = value;
}

template <class Vector, int kChains>
[[gnu::always_inline]] inline void multiply_add(int64_t count) {
  volatile float factor = 0.999f, term = 0.001f;
  const Vector x = Vector{} + factor, y = Vector{} + term;
  volatile float start = 1;
  Vector chains[kChains];
  for (Vector& chain : chains) chain = Vector{} + start;   // read anew for each: equal chains would be computed once
  for (int64_t i = 0; i < count; ++i) {
#pragma GCC unroll 32
    for (int c = 0; c < kChains; ++c) chains[c] = chains[c] * x + y;
  }
  for (const Vector& chain : chains) use(chain[0]);
}

template <class Vector>
[[gnu::always_inline]] inline void read_through(const float* data, int64_t vectors, int64_t times) {
  constexpr int kSums = 8;
  Vector sums[kSums] = {};
  const auto* at = reinterpret_cast<const Vector*>(data);
  for (int64_t t = 0; t < times; ++t) {
    for (int64_t i = 0; i + kSums <= vectors; i += kSums) {
#pragma GCC unroll 8
      for (int s = 0; s < kSums; ++s) sums[s] += at[i + s];
    }
  }
  for (const Vector& sum : sums) use(sum[0]);
}

// One set of functions for each width; the vectors never cross a call.
struct Width {
  int floats;                // to a vector
  int chains;                // of multiply-adds
  void (*multiply_add)(int64_t count);
  void (*read_through)(const float* data, int64_t vectors, int64_t times);
};

constexpr int kNarrowChains = 12, kWideChains = 24;   // 16 and 32 registers, less those for the factor and the term
void multiply_add_128(int64_t count) { multiply_add<Vector128, kNarrowChains>(count); }
void read_through_128(const float* data, int64_t vectors, int64_t times) { read_through<Vector128>(data, vectors, times); }
#if defined(__x86_64__)
[[gnu::target("avx2,fma")]] void multiply_add_256(int64_t count) { multiply_add<Vector256, kNarrowChains>(count); }
[[gnu::target("avx2,fma")]] void read_through_256(const float* data, int64_t vectors, int64_t times) { read_through<Vector256>(data, vectors, times); }
[[gnu::target("avx512f,prefer-vector-width=512")]] void multiply_add_512(int64_t count) { multiply_add<Vector512, kWideChains>(count); }
[[gnu::target("avx512f,prefer-vector-width=512")]] void read_through_512(const float* data, int64_t vectors, int64_t times) { read_through<Vector512>(data, vectors, times); }
#endif

Width widest(const Machine& machine) {
#if defined(__x86_64__)
  const auto has = [&](const char* name) { return std::ranges::find(machine.vector_extensions, name) != machine.vector_extensions.end(); };
  if (has("avx512f")) return {16, kWideChains, multiply_add_512, read_through_512};
  if (has("avx2") && has("fma")) return {8, kNarrowChains, multiply_add_256, read_through_256};
#endif
  return {4, kNarrowChains, multiply_add_128, read_through_128};
}

// Seconds of the fastest of some runs.
template <class Run>
double fastest(int runs, Run run) {
  double best = 1e9;
  for (int i = 0; i < runs; ++i) {
    const auto start = std::chrono::steady_clock::now();
    run();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

double peak_gflops(const Width& width) {
  constexpr int64_t kCount = 200'000;
  return 2.0 * width.floats * width.chains * kCount / fastest(8, [&] { width.multiply_add(kCount); }) / 1e9;
}

double bandwidth(const Width& width, const float* data, int64_t bytes) {
  constexpr int64_t kBytes = 64 << 20;   // read in a run
  const int64_t vectors = bytes / (width.floats * static_cast<int64_t>(sizeof(float))), times = std::max<int64_t>(1, kBytes / bytes);
  return static_cast<double>(bytes * times) / fastest(6, [&] { width.read_through(data, vectors, times); }) / 1e9;
}

}  // namespace

Peaks measure_peaks(const Machine& machine) {
  constexpr int64_t kLeastMemory = 64 << 20, kMostMemory = 256 << 20;
  const Width width = widest(machine);
  const int64_t last = machine.caches.empty() ? 0 : machine.caches.back().bytes;
  const int64_t memory_bytes = std::clamp(2 * last, kLeastMemory, kMostMemory);
  const std::unique_ptr<float, void (*)(void*)> data(static_cast<float*>(std::aligned_alloc(4096, static_cast<size_t>(memory_bytes))), std::free);
  if (!data) return {peak_gflops(width), {}};
  std::fill_n(data.get(), memory_bytes / static_cast<int64_t>(sizeof(float)), 1.0f);
  Peaks peaks{peak_gflops(width), {}};
  for (const Cache& cache : machine.caches) peaks.bandwidths.push_back({cache.name, bandwidth(width, data.get(), cache.bytes / 2)});
  peaks.bandwidths.push_back({"memory", bandwidth(width, data.get(), memory_bytes)});
  return peaks;
}

std::optional<double> peak_gflops(const Peaks& peaks, const ir::PrimFunc& function, int threads) {
  int widest_float = 0;   // bits
  for (const ir::Param& param : function.params) {
    const ir::DataType type = param.buffer ? param.buffer->dtype : param.var->dtype;
    if (type.is_float()) widest_float = std::max<int>(widest_float, type.bits);
  }
  if (widest_float == 0) return std::nullopt;
  return peaks.gflops * threads / (widest_float > 32 ? 2 : 1);
}

nlohmann::ordered_json to_json(const Peaks& peaks) {
  nlohmann::ordered_json levels = nlohmann::ordered_json::array();
  for (const Bandwidth& b : peaks.bandwidths) levels.push_back({{"name", b.level}, {"gb_per_s", b.gb_per_s}});
  return {{"peak_gflops", peaks.gflops}, {"bandwidth", levels}};
}

std::optional<Peaks> peaks_from_json(const nlohmann::json& json) try {
  Peaks peaks{json.at("peak_gflops").get<double>(), {}};
  for (const auto& level : json.at("bandwidth")) peaks.bandwidths.push_back({level.at("name").get<std::string>(), level.at("gb_per_s").get<double>()});
  return peaks.gflops > 0 ? std::optional(std::move(peaks)) : std::nullopt;
} catch (const nlohmann::json::exception&) {
  return std::nullopt;
}

}  // namespace loopglass::measure
