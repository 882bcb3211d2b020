// MissCounter's lines that move too far to be found again.
#include <algorithm>
#include <numeric>

#include "engine/locality/miss_counter.h"
#include "engine/locality/replay.h"

namespace loopglass::locality {

namespace {

struct Lines {
  int64_t low, high;
};

Lines lines_of(const MissRun& run) {
  const int64_t last = run.first + (run.count - 1) * run.step;
  return {std::min(run.first, last), std::max(run.first, last)};
}

}  // namespace

int64_t MissCounter::misses_all(size_t level, std::span<const MissRun> runs) {
  const CacheState& cache = *caches_[level];
  int64_t filling = 0;
  for (size_t i = 0; i < runs.size(); ++i) {
    const auto [low, high] = lines_of(runs[i]);
    for (size_t j = 0; j < i; ++j)
      if (const Lines other = lines_of(runs[j]); low <= other.high && other.low <= high) return 0;
    // It comes to so many sets, again and again.
    const int64_t sets = cache.sets() / std::gcd(int64_t{cache.sets()}, runs[i].step);
    filling = std::max(filling, sets * cache.ways());
    if (filling > runs[i].count) return 0;
    // A line that is there must not come before so many others have come to its set that it is gone.
    const int64_t first = runs[i].first - lines_.first;
    const auto is_found = [&, step = runs[i].step, count = runs[i].count](uint32_t line) {
      const int64_t n = line == CacheState::kNone || (line - first) % step != 0 ? -1 : (line - first) / step;
      return n >= 0 && n < count && n < sets * cache.ways();
    };
    for (int64_t n = 0; n < sets; ++n) {
      const auto set = cache.content().begin() + static_cast<std::ptrdiff_t>(size_t{set_of(level, runs[i].first + n * runs[i].step)} * cache.ways());
      if (std::any_of(set, set + cache.ways(), is_found)) return 0;
    }
  }
  result_.streams_left_out += filling > 0;
  return filling;
}

}  // namespace loopglass::locality
