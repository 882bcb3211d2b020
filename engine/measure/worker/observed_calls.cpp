#include "engine/measure/worker/observed_calls.h"

#include <algorithm>
#include <map>

#include "engine/measure/worker/profiler.h"
#include "engine/measure/worker/sampler.h"

namespace loopglass::measure {
namespace {

constexpr double kProfiled = 0.06;   // s
constexpr double kCounted = 0.01;    // s
constexpr std::chrono::microseconds kSampleEvery{103};   // no round number: loops often have one

// Gives how often it was called.
int64_t call_for(double seconds, const RepeatedCall& call) {
  int64_t calls = 0;
  for (const double start = steady_seconds(); (calls == 0 || steady_seconds() - start < seconds) && call();) ++calls;
  return calls;
}

}  // namespace

std::optional<Profile> profile_of(const codegen::Kernel& kernel, const RepeatedCall& call) {
  std::map<ir::NodePath, int64_t> counts;
  Profile found;
  {
    const Profiler profiler(kernel.code(), kSampleEvery);
    if (!profiler.is_running() || call_for(kProfiled, call) == 0) return std::nullopt;
    for (const uintptr_t address : profiler.samples()) {
      ++found.samples;
      if (const auto path = address ? kernel.statement_at(address) : std::nullopt) ++counts[*path];
    }
  }
  found.statements.assign(counts.begin(), counts.end());
  std::ranges::sort(found.statements, std::greater<>(), &std::pair<ir::NodePath, int64_t>::second);
  return found;
}

std::vector<std::pair<std::string, double>> counts_of(const HardwareCounters& counters, const RepeatedCall& call) {
  if (!counters.any()) return {};
  int64_t calls = 0;
  auto counted = counters.count([&] { calls = call_for(kCounted, call); });
  for (auto& [name, value] : counted) value /= static_cast<double>(std::max<int64_t>(calls, 1));
  return counted;
}

}  // namespace loopglass::measure
