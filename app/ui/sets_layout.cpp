#include "app/ui/sets_layout.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace loopglass::ui {

SetsLayout layout_sets(const std::vector<locality::SetPressure>& sets, int64_t ways, int most_columns) {
  SetsLayout layout;
  const auto fullness = [](const locality::SetPressure& set) { return std::tuple(set.lines, set.misses); };
  const int64_t most = sets.empty() ? 0 : std::ranges::max(sets, {}, fullness).lines;
  if (most == 0) return layout;
  const auto height_of = [top = std::log1p(static_cast<double>(std::max(most, ways)))](int64_t lines) {
    return static_cast<float>(std::log1p(static_cast<double>(lines)) / top);
  };
  layout.ways_at = height_of(ways);
  const int count = static_cast<int>(sets.size()), each = (count + most_columns - 1) / most_columns;
  for (int first = 0; first < count; first += each) {
    const int next = std::min(first + each, count);
    const auto fullest = std::ranges::max_element(sets.begin() + first, sets.begin() + next, {}, fullness);
    layout.columns.push_back({.left = static_cast<float>(first) / static_cast<float>(count), .right = static_cast<float>(next) / static_cast<float>(count),
                              .height = height_of(fullest->lines), .first = first, .last = next - 1, .set = static_cast<int>(fullest - sets.begin()),
                              .lines = fullest->lines, .misses = fullest->misses, .is_over = fullest->lines > ways});
  }
  return layout;
}

}  // namespace loopglass::ui
