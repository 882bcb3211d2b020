#include "engine/measure/statistics.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

#include "engine/support/check.h"

namespace loopglass::measure {
namespace {

// ln of P(B = k) for B ~ Binomial(n, 1/2).
double log_binomial_half(int64_t n, int64_t k) {
  const double dn = static_cast<double>(n), dk = static_cast<double>(k);
  return std::lgamma(dn + 1) - std::lgamma(dk + 1) - std::lgamma(dn - dk + 1) - dn * std::log(2.0);
}

double median_of_sorted(std::span<const double> sorted) {
  const size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

std::vector<double> sorted_copy(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

MedianInterval interval_of_sorted(std::span<const double> sorted, double confidence) {
  const int64_t n = static_cast<int64_t>(sorted.size());
  const int64_t skip = order_statistic_below_median(n, confidence);
  return {median_of_sorted(sorted), sorted[skip], sorted[n - 1 - skip]};
}

}  // namespace

int64_t order_statistic_below_median(int64_t n, double confidence) {
  const double tail = (1 - confidence) / 2;
  // Ten standard deviations below the mean nothing is left to sum.
  int64_t k = std::max<int64_t>(0, n / 2 - static_cast<int64_t>(5 * std::sqrt(static_cast<double>(n))) - 1);
  double cumulative = 0;
  for (; k < n / 2; ++k) {
    cumulative += std::exp(log_binomial_half(n, k));
    if (cumulative > tail) break;
  }
  return std::max<int64_t>(0, k - 1);
}

MedianInterval median_interval(std::span<const double> values, double confidence) {
  CHECK(!values.empty(), "an interval needs a sample");
  return interval_of_sorted(sorted_copy(values), confidence);
}

TimeEstimate estimate(std::span<const double> sample_ms, double total_s) {
  CHECK(!sample_ms.empty(), "an estimate needs a sample");
  const std::vector<double> sorted = sorted_copy(sample_ms);
  const MedianInterval interval = interval_of_sorted(sorted, kConfidence);
  return {sorted.front(), interval.median, interval.low, interval.high, static_cast<int64_t>(sorted.size()), total_s};
}

const char* to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::Faster: return "faster";
    case Verdict::Slower: return "slower";
    case Verdict::Tie: return "tie";
  }
  return "?";
}

std::optional<Verdict> verdict_from_string(std::string_view text) {
  for (const Verdict verdict : {Verdict::Faster, Verdict::Slower, Verdict::Tie})
    if (text == to_string(verdict)) return verdict;
  return std::nullopt;
}

Comparison compare(std::span<const double> this_ms, std::span<const double> other_ms) {
  CHECK(this_ms.size() == other_ms.size() && !this_ms.empty(), "pairs are compared");
  std::vector<double> ratios(this_ms.size());
  std::transform(this_ms.begin(), this_ms.end(), other_ms.begin(), ratios.begin(), std::divides<>());
  std::sort(ratios.begin(), ratios.end());
  const MedianInterval ratio = interval_of_sorted(ratios, kConfidence);
  const MedianInterval wide = interval_of_sorted(ratios, kVerdictConfidence);
  Comparison result;
  result.other = estimate(other_ms, std::accumulate(other_ms.begin(), other_ms.end(), 0.0) / 1e3);
  result.ratio_median = ratio.median;
  result.ratio_low = ratio.low;
  result.ratio_high = ratio.high;
  if (static_cast<int64_t>(ratios.size()) < kSamplesForVerdict) return result;
  if (wide.high < 1 - kIndifference) result.verdict = Verdict::Faster;
  if (wide.low > 1 + kIndifference) result.verdict = Verdict::Slower;
  return result;
}

}  // namespace loopglass::measure
