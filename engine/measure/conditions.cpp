#include "engine/measure/conditions.h"

#include <algorithm>
#include <cmath>

namespace loopglass::measure {

Outliers outliers_of(std::span<const double> sample_ms) {
  Outliers found;
  if (sample_ms.size() < 4) return found;
  std::vector<double> sorted(sample_ms.begin(), sample_ms.end());
  std::ranges::sort(sorted);
  const double median = sorted[sorted.size() / 2], low = sorted[sorted.size() / 4], high = sorted[sorted.size() * 3 / 4];
  const double reach = std::max(3 * (high - low), 0.01 * median);
  std::erase_if(sorted, [&](double ms) { return ms >= low - reach && ms <= high + reach; });
  std::ranges::stable_sort(sorted, std::greater<>(), [&](double ms) { return std::abs(ms - median); });
  found.count = static_cast<int64_t>(sorted.size());
  sorted.resize(std::min(sorted.size(), Outliers::kMostShown));
  found.ms = std::move(sorted);
  return found;
}

}  // namespace loopglass::measure
