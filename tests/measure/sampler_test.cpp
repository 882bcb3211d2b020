// The stopwatch against a clock of our own: calls take what the test says, so nothing here depends on the machine.
#include "engine/measure/worker/sampler.h"

#include <gtest/gtest.h>

#include <random>

namespace loopglass::measure {
namespace {

class Sampler : public testing::Test {
 protected:
  // A kernel that takes `seconds()` a call.
  TimedCalls kernel(std::function<double()> seconds) {
    return [this, seconds = std::move(seconds)](int64_t count) -> Result<void> {
      for (int64_t i = 0; i < count; ++i) now_ += seconds();
      calls_ += count;
      longest_batch_ = std::max(longest_batch_, count);
      return {};
    };
  }
  Result<void> run(const TimedCalls& calls, const TimedCalls& other = {}) {
    return take_samples(calls, other, options_, [this](const Estimate& e) -> Result<void> {
                          estimates_.push_back(e);
                          return {};
                        }, [this] { return stopped_; },
                        [this] { return now_ += clock_cost_; });
  }
  const Estimate& last() const { return estimates_.back(); }

  double now_ = 100, clock_cost_ = 25e-9;
  SampleOptions options_;
  bool stopped_ = false;
  int64_t calls_ = 0, longest_batch_ = 0;
  std::vector<Estimate> estimates_;
};

TEST_F(Sampler, ASteadyKernelIsKnownAtOnce) {
  ASSERT_TRUE(run(kernel([] { return 1e-3; })));
  EXPECT_TRUE(last().final);
  EXPECT_NEAR(last().time.median, 1, 1e-9);
  EXPECT_EQ(last().time.samples, 30);
  EXPECT_LT(last().time.total_s, options_.budget_s);
  EXPECT_EQ(longest_batch_, 1);
}

TEST_F(Sampler, StreamsTheFirstEstimateAfterSixSamplesThenAtIntervals) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> uniform(0.5e-3, 1.5e-3);
  options_.precision = 0.0001;
  ASSERT_TRUE(run(kernel([&] { return uniform(random); })));
  EXPECT_EQ(estimates_.front().time.samples, 6);
  EXPECT_NEAR(static_cast<double>(estimates_.size()), options_.budget_s / 0.025, 4);
  for (size_t i = 0; i + 1 < estimates_.size(); ++i) EXPECT_FALSE(estimates_[i].final);
  EXPECT_TRUE(last().final);
  EXPECT_NEAR(last().time.total_s, options_.budget_s, 0.01) << "noise this wide takes the whole budget";
}

// Without batches the clock's 25 ns would be half of what it measures.
TEST_F(Sampler, ShortKernelsAreBatchedAndTheClockIsTakenOff) {
  ASSERT_TRUE(run(kernel([] { return 20e-9; })));
  EXPECT_NEAR(last().time.median, 20e-6, 20e-6 * 0.001);
  EXPECT_GE(longest_batch_, 1000);
}

TEST_F(Sampler, ASlowClockMeansLongerBatches) {
  clock_cost_ = 1e-6;
  ASSERT_TRUE(run(kernel([] { return 1e-6; })));
  EXPECT_NEAR(last().time.median, 1e-3, 1e-3 * 0.002);
  EXPECT_GE(longest_batch_, 500);
}

TEST_F(Sampler, AKernelLongerThanTheBudgetIsTimedOnceAfterItsWarmUp) {
  ASSERT_TRUE(run(kernel([] { return 3.0; })));
  EXPECT_EQ(calls_, 2);
  EXPECT_EQ(last().time.samples, 1);
  EXPECT_TRUE(last().final);
  EXPECT_NEAR(last().time.median, 3000, 1e-3);
}

TEST_F(Sampler, WhatIsKnownToTakeLongIsNotWarmedUp) {
  options_.known_call_s = 3;
  ASSERT_TRUE(run(kernel([] { return 3.0; })));
  EXPECT_EQ(calls_, 1);
}

TEST_F(Sampler, ColdCallsBelongToTheWarmUp) {
  int call = 0;
  ASSERT_TRUE(run(kernel([&] { return call++ == 0 ? 5e-3 : 1e-3; })));
  EXPECT_NEAR(last().time.median, 1, 1e-9);
  EXPECT_NEAR(last().time.ci95_high, 1, 1e-9);
}

// A drift that doubles the time over the run falls on both alike.
TEST_F(Sampler, ComparesThroughADrift) {
  const double start = now_;
  const auto drift = [&] { return 1 + (now_ - start); };
  options_.precision = 0.0001;
  ASSERT_TRUE(run(kernel([&] { return 1.03e-3 * drift(); }), kernel([&] { return 1.00e-3 * drift(); })));
  ASSERT_TRUE(last().against);
  EXPECT_EQ(last().against->verdict, Verdict::Slower);
  EXPECT_NEAR(last().against->ratio_median, 1.03, 0.002);
  estimates_.clear();
  now_ = start;
  ASSERT_TRUE(run(kernel([&] { return 1e-3 * drift(); }), kernel([&] { return 1e-3 * drift(); })));
  EXPECT_EQ(last().against->verdict, Verdict::Tie);
}

TEST_F(Sampler, ColdCallsAreTimedOneByOne) {
  int emptied = 0, call = 0;
  options_.make_cold = [&] {
    ++emptied;
    now_ += 1e-3;   // is not part of the time
  };
  ASSERT_TRUE(run(kernel([&] { return call++ == 0 ? 9e-6 : 2e-6; })));
  EXPECT_EQ(longest_batch_, 1);
  EXPECT_EQ(emptied, last().time.samples);
  EXPECT_NEAR(last().time.median, 2e-3, 1e-9);
  EXPECT_TRUE(last().conditions.cold);
}

TEST_F(Sampler, TellsOfSamplesThatTheCpuWasSlowerBeside) {
  const double start = now_;
  const auto slowness = [&] { return now_ - start < 0.02 ? 1.1 : 1.0; };
  options_.reference = [&] { now_ += 10e-6 * slowness(); };
  ASSERT_TRUE(run(kernel([&] { return 1e-3 * slowness(); })));
  EXPECT_NEAR(last().conditions.slowest_check, 1.1, 0.001);
  EXPECT_GE(last().conditions.drifted, 14);
  EXPECT_LE(last().conditions.drifted, 22);
  EXPECT_GE(last().time.samples, 10 * last().conditions.drifted) << "goes on until they are few";
  EXPECT_NEAR(last().time.median, 1, 1e-6);
}

TEST_F(Sampler, ASteadyCpuIsSaidToBeSteady) {
  options_.reference = [&] { now_ += 10e-6; };
  options_.cpu_seconds = [&] { return 0.75 * now_; };
  options_.stolen_seconds = [&] { return 0.2 * now_; };
  ASSERT_TRUE(run(kernel([&] { return 1e-3; })));
  EXPECT_EQ(last().conditions.drifted, 0);
  EXPECT_GT(last().conditions.checks, 10);
  EXPECT_NEAR(last().conditions.slowest_check, 1, 0.001);
  EXPECT_NEAR(last().conditions.waiting, 0.25, 0.01);
  EXPECT_NEAR(last().conditions.stolen, 0.2, 0.01);
  EXPECT_EQ(last().conditions.outliers, Outliers{});
}

TEST_F(Sampler, IsStoppedBetweenBatches) {
  int batches = 0;
  const auto result = run([&](int64_t) -> Result<void> {
    now_ += 1e-3;
    stopped_ = ++batches == 10;
    return {};
  });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, DiagnosticKind::Cancelled);
  EXPECT_EQ(batches, 10);
}

TEST_F(Sampler, AnErrorOfTheKernelEndsIt) {
  const auto result = run([](int64_t) -> Result<void> { return fail(DiagnosticKind::KernelDivideByZero, "n is 0"); });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, DiagnosticKind::KernelDivideByZero);
  EXPECT_TRUE(estimates_.empty());
}

TEST(Clock, GoesForward) {
  const double first = steady_seconds();
  EXPECT_GE(steady_seconds(), first);
}

}  // namespace
}  // namespace loopglass::measure
