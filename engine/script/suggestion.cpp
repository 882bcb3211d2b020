#include "engine/script/suggestion.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace loopglass::script {
namespace {

// Damerau's distance (optimal string alignment).
size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

std::string_view closest_name(std::string_view name, std::span<const std::string_view> candidates) {
  if (name.size() < 3 || name.size() > 64) return {};
  std::string_view best;
  size_t best_distance = std::max<size_t>(1, name.size() / 3) + 1;
  for (std::string_view candidate : candidates) {
    if (candidate.size() > name.size() + best_distance || name.size() > candidate.size() + best_distance) continue;
    const size_t d = distance(name, candidate);
    if (d == 0 || d >= best_distance) continue;
    best = candidate;
    best_distance = d;
  }
  return best;
}

std::string suggest(std::string_view name, std::span<const std::string_view> candidates, std::string_view prefix) {
  const std::string_view best = closest_name(name, candidates);
  return best.empty() ? std::string() : fmt::format("did you mean '{}{}'?", prefix, best);
}

}  // namespace loopglass::script
