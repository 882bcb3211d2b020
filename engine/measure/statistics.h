// From samples to a time with its interval.
//
// Intervals of the median come from order statistics: of n independent samples the number below the true median is Binomial(n, 1/2),
// whatever the distribution (H. A. David, H. N. Nagaraja, Order Statistics, 3rd ed., 7.1). Nothing is dropped and nothing is assumed normal.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace loopglass::measure {

inline constexpr double kConfidence = 0.95;          // of every interval that is shown
inline constexpr double kVerdictConfidence = 0.99;   // of the interval that faster or slower needs
inline constexpr double kIndifference = 0.005;       // ratios so near to 1 are a tie: the place in memory and the order of the runs make as much
inline constexpr int64_t kSamplesForVerdict = 8;     // fewer pairs have no interval at kVerdictConfidence

struct MedianInterval {
  double median = 0, low = 0, high = 0;
};

// How many of n sorted samples stand outside the interval at each end: the largest k with P(B <= k) <= (1 - confidence) / 2,
// B ~ Binomial(n, 1/2). 0 where n is too small for the confidence: the interval is then the range.
int64_t order_statistic_below_median(int64_t n, double confidence);
// Needs at least one value.
MedianInterval median_interval(std::span<const double> values, double confidence = kConfidence);

// Milliseconds per call.
struct TimeEstimate {
  double min = 0, median = 0;
  double ci95_low = 0, ci95_high = 0;   // of the median
  int64_t samples = 0;
  double total_s = 0;                   // spent sampling
  bool operator==(const TimeEstimate&) const = default;
};

// The distribution-free interval of the median from order statistics. Needs at least one sample; below 6 samples the interval is the range.
TimeEstimate estimate(std::span<const double> sample_ms, double total_s);

enum class Verdict { Faster, Slower, Tie };
const char* to_string(Verdict verdict);
std::optional<Verdict> verdict_from_string(std::string_view text);

// time(this) / time(other) over interleaved pairs.
struct Comparison {
  TimeEstimate other;
  double ratio_median = 1, ratio_low = 1, ratio_high = 1;   // the interval at kConfidence
  Verdict verdict = Verdict::Tie;                           // other where the interval at kVerdictConfidence lies beyond kIndifference
  bool operator==(const Comparison&) const = default;
};

// The i-th sample of both was taken side by side, so that what disturbs one disturbs the other. Needs as many of one as of the other.
Comparison compare(std::span<const double> this_ms, std::span<const double> other_ms);

}  // namespace loopglass::measure
