#include "engine/measure/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <vector>

namespace loopglass::measure {
namespace {

// Ranks from published tables of the 95 % interval of a median (counted from 1 there: 6 -> 1, 10 -> 2, 20 -> 6, 50 -> 18, 100 -> 40).
TEST(OrderStatistic, AgreesWithPublishedTables) {
  const std::vector<std::pair<int64_t, int64_t>> table = {{1, 0}, {5, 0}, {6, 0}, {8, 0}, {9, 1}, {10, 1}, {11, 1},
                                                          {12, 2}, {15, 3}, {20, 5}, {25, 7}, {50, 17}, {100, 39}};
  for (const auto& [n, skipped] : table) EXPECT_EQ(order_statistic_below_median(n, 0.95), skipped) << "n = " << n;
  EXPECT_EQ(order_statistic_below_median(7, 0.99), 0);
  EXPECT_EQ(order_statistic_below_median(8, 0.99), 0);
  EXPECT_EQ(order_statistic_below_median(12, 0.99), 1);
}

TEST(OrderStatistic, GrowsAsTheNormalLimitForManySamples) {
  for (const int64_t n : {1000, 10'000, 1'000'000}) {
    const double expected = static_cast<double>(n) / 2 - 1.959964 * std::sqrt(static_cast<double>(n)) / 2;
    EXPECT_NEAR(static_cast<double>(order_statistic_below_median(n, 0.95)), expected, 2) << "n = " << n;
  }
}

// Fewer than six samples have no 95 % interval: the range is shown.
TEST(Estimate, FewSamplesGiveTheRange) {
  const std::vector<double> samples = {3, 1, 2, 5, 4};
  const TimeEstimate e = estimate(samples, 0.5);
  EXPECT_EQ(e, (TimeEstimate{1, 3, 1, 5, 5, 0.5}));
  EXPECT_EQ(estimate(std::vector<double>{7}, 1), (TimeEstimate{7, 7, 7, 7, 1, 1}));
}

TEST(Estimate, MedianOfAnEvenNumberIsTheMiddle) { EXPECT_EQ(estimate(std::vector<double>{4, 1, 3, 2}, 0).median, 2.5); }

// The claim itself: for any distribution the interval covers the true median in at least 95 % of runs.
TEST(Estimate, IntervalCoversTheTrueMedianWhateverTheDistribution) {
  std::mt19937_64 random(20261123);
  std::exponential_distribution<double> exponential(1);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::lognormal_distribution<double> lognormal(0, 2);
  const auto spiky = [&](auto& r) { return 1 + 0.001 * uniform(r) + (uniform(r) < 0.1 ? 50 * exponential(r) : 0); };
  struct Case { const char* name; double true_median; std::function<double()> draw; };
  const Case cases[] = {{"exponential", std::log(2.0), [&] { return exponential(random); }},
                        {"lognormal", 1.0, [&] { return lognormal(random); }},
                        {"uniform", 0.5, [&] { return uniform(random); }},
                        // P(no spike and below m) = 1/2 at 0.9 * u = 1/2.
                        {"spiky", 1 + 0.001 * (0.5 / 0.9), [&] { return spiky(random); }}};
  for (const Case& c : cases)
    for (const int n : {6, 7, 13, 40, 101}) {
      int covered = 0;
      const int runs = 4000;
      for (int run = 0; run < runs; ++run) {
        std::vector<double> samples(n);
        for (double& s : samples) s = c.draw();
        const TimeEstimate e = estimate(samples, 0);
        ASSERT_LE(e.min, e.ci95_low);
        ASSERT_LE(e.ci95_low, e.median);
        ASSERT_LE(e.median, e.ci95_high);
        covered += e.ci95_low <= c.true_median && c.true_median <= e.ci95_high;
      }
      // Three standard errors below 95 %.
      EXPECT_GE(covered, runs * 0.95 - 3 * std::sqrt(runs * 0.95 * 0.05)) << c.name << " n = " << n;
    }
}

// Two series with a common disturbance (drift and bursts) and own noise; `factor` = the first's true time over the second's.
struct Pairs { std::vector<double> a, b; };
Pairs disturbed_pairs(std::mt19937_64& random, double factor, int n) {
  std::normal_distribution<double> noise(0, 0.01);
  std::uniform_real_distribution<double> uniform(0, 1);
  Pairs pairs;
  double drift = 1;
  for (int i = 0; i < n; ++i) {
    drift *= 1 + 0.2 * noise(random);
    const double burst = uniform(random) < 0.1 ? 1.5 : 1.0;
    pairs.a.push_back(factor * drift * burst * (1 + std::abs(noise(random))));
    pairs.b.push_back(drift * burst * (1 + std::abs(noise(random))));
  }
  return pairs;
}

TEST(Compare, IdenticalVersionsAreATie) {
  std::mt19937_64 random(1);
  int ties = 0;
  for (int run = 0; run < 1000; ++run) {
    const Pairs pairs = disturbed_pairs(random, 1.0, 60);
    ties += compare(pairs.a, pairs.b).verdict == Verdict::Tie;
  }
  EXPECT_GE(ties, 950);
}

TEST(Compare, ThreePercentAreSeenThroughADisturbance) {
  std::mt19937_64 random(2);
  int slower = 0, faster = 0;
  for (int run = 0; run < 1000; ++run) {
    const Pairs pairs = disturbed_pairs(random, 1.03, 60);
    slower += compare(pairs.a, pairs.b).verdict == Verdict::Slower;
    faster += compare(pairs.b, pairs.a).verdict == Verdict::Faster;
  }
  EXPECT_GE(slower, 900);
  EXPECT_GE(faster, 900);
}

TEST(Compare, TooFewPairsAreATie) {
  const std::vector<double> a(7, 1.0), b(7, 2.0);
  EXPECT_EQ(compare(a, b).verdict, Verdict::Tie);
  const std::vector<double> a8(8, 1.0), b8(8, 2.0);
  EXPECT_EQ(compare(a8, b8).verdict, Verdict::Faster);
  EXPECT_EQ(compare(b8, a8).verdict, Verdict::Slower);
  EXPECT_EQ(compare(a8, b8).ratio_median, 0.5);
}

TEST(Compare, VerdictsHaveTheContractsNames) {
  for (const Verdict v : {Verdict::Faster, Verdict::Slower, Verdict::Tie}) EXPECT_EQ(verdict_from_string(to_string(v)), v);
  EXPECT_STREQ(to_string(Verdict::Tie), "tie");
  EXPECT_FALSE(verdict_from_string("equal"));
}

}  // namespace
}  // namespace loopglass::measure
