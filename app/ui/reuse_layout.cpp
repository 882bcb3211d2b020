#include "app/ui/reuse_layout.h"

#include <algorithm>
#include <cmath>

namespace loopglass::ui {

ReuseLayout layout_reuse(const std::vector<locality::ReuseHistogram>& buffers, const Caches& caches, int64_t line) {
  ReuseLayout layout;
  std::vector<int64_t> counts;
  int64_t cold = 0;
  for (const locality::ReuseHistogram& buffer : buffers) {
    counts.resize(std::max(counts.size(), buffer.log2.size()));
    for (size_t k = 0; k < buffer.log2.size(); ++k) counts[k] += buffer.log2[k];
    cold += buffer.cold;
  }
  const int64_t most = std::max(cold, counts.empty() ? 0 : *std::ranges::max_element(counts));
  if (most == 0) return layout;
  const auto all = static_cast<float>(counts.size() + 2);   // a gap, and the cold ones
  const auto add = [&](float place, ReuseBar bar) {
    bar.left = (place + 0.08f) / all;
    bar.right = (place + 0.92f) / all;
    bar.height = static_cast<float>(std::log1p(static_cast<double>(bar.count)) / std::log1p(static_cast<double>(most)));
    layout.bars.push_back(bar);
  };
  for (size_t k = 0; k < counts.size(); ++k) {
    const int64_t first = k == 0 ? 0 : int64_t{1} << (k - 1), next = int64_t{1} << k;
    add(static_cast<float>(k), {.count = counts[k], .from = first, .to = next - 1});
  }
  add(static_cast<float>(counts.size() + 1), {.count = cold, .is_cold = true});
  for (const measure::Cache& cache : caches) {
    const double lines = static_cast<double>(cache.bytes) / static_cast<double>(line);
    const double place = lines >= 1 ? 1 + std::log2(lines) : 0;   // the bar that begins with this distance
    if (place <= static_cast<double>(counts.size())) layout.marks.push_back({cache.name, static_cast<float>(place) / all});
  }
  return layout;
}

}  // namespace loopglass::ui
