#include "app/model/correlation.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace loopglass::app {
namespace {

double mean_of(std::span<const double> values) { return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size()); }

std::vector<double> logs_of(std::span<const double> values) {
  std::vector<double> logs;
  for (const double value : values) logs.push_back(std::log(value));
  return logs;
}

std::vector<double> ranks_of(std::span<const double> values) {
  std::vector<double> ranks;
  for (const double value : values) {
    const auto below = std::ranges::count_if(values, [value](double other) { return other < value; });
    const auto equal = std::ranges::count(values, value);
    ranks.push_back(static_cast<double>(below) + static_cast<double>(equal + 1) / 2);
  }
  return ranks;
}

}  // namespace

std::optional<double> pearson(std::span<const double> x, std::span<const double> y) {
  if (x.size() < kFewestForCorrelation || std::ranges::min(x) == std::ranges::max(x) || std::ranges::min(y) == std::ranges::max(y)) return std::nullopt;
  const double mean_x = mean_of(x), mean_y = mean_of(y);
  double both = 0, of_x = 0, of_y = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double dx = x[i] - mean_x, dy = y[i] - mean_y;
    both += dx * dy;
    of_x += dx * dx;
    of_y += dy * dy;
  }
  return both / std::sqrt(of_x * of_y);
}

std::optional<double> pearson_of_logs(std::span<const double> x, std::span<const double> y) { return pearson(logs_of(x), logs_of(y)); }

std::optional<double> spearman(std::span<const double> x, std::span<const double> y) { return pearson(ranks_of(x), ranks_of(y)); }

}  // namespace loopglass::app
