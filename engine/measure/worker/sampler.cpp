#include "engine/measure/worker/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace loopglass::measure {
namespace {

constexpr int kClockReads = 64;              // to find the clock's cost
constexpr double kClockShare = 0.002;        // of a batch at most
constexpr double kShortestBatch = 20e-6;     // s: an interrupt more or less is then one sample, not all of them
constexpr double kLongestWarmUp = 0.010;     // s, or a tenth of the budget
constexpr int64_t kFirstEstimate = 6;        // samples: fewer have no interval
constexpr int64_t kFewest = 30;              // samples, and
constexpr double kShortest = 0.005;          // s of them, before the interval may be called tight
constexpr size_t kMost = 200'000;            // samples kept
constexpr double kCheckEvery = 0.001;        // s between runs of the reference, each the shortest of
constexpr int kCheckRuns = 3;                // of them: an interrupt is no drift
constexpr double kManyDrifted = 0.1;         // of the samples: not enough is known of the others yet

double clock_cost(const Clock& clock) {
  double least = 1;
  for (int i = 0; i < kClockReads; ++i) {
    const double start = clock();
    least = std::min(least, clock() - start);
  }
  return std::max(least, 0.0);
}

// One kernel and its samples.
struct Series {
  const TimedCalls& calls;
  int64_t batch = 1;
  std::vector<double> ms;   // per call
};

class Sampling {
 public:
  Sampling(const SampleOptions& options, const std::function<bool()>& stopped, const Clock& clock)
      : options_(options), stopped_(stopped), clock_(clock), start_(clock()), clock_cost_(clock_cost(clock)) {}

  double elapsed() const { return clock_() - start_; }
  bool out_of_budget() const { return elapsed() >= options_.budget_s; }

  // Seconds of `count` calls, the clock's own cost taken off.
  Result<double> time(const TimedCalls& calls, int64_t count) const {
    if (stopped_()) return fail(DiagnosticKind::Cancelled, "the run was cancelled");
    const double start = clock_();
    TRY(calls(count));
    return std::max(clock_() - start - clock_cost_, 0.0);
  }

  // Until a call is not faster than the ones before it; the batch is then made of calls as long as the last.
  Result<void> warm_up(Series& series) const {
    const double limit = std::min(kLongestWarmUp, options_.budget_s / 10);
    if (options_.known_call_s > limit) return {};
    if (options_.make_cold) {   // the code is warmed, the data will not be
      TRY(time(series.calls, 1));
      return {};
    }
    double spent = 0, best = 0, last = 0;
    int64_t count = 1;
    do {
      TRY_ASSIGN(const double seconds, time(series.calls, count));
      spent += seconds;
      last = seconds / static_cast<double>(count);
      const bool steady = best > 0 && last > best * 0.98;
      best = best > 0 ? std::min(best, last) : last;
      if (steady && seconds >= kShortestBatch) break;
      if (seconds < kShortestBatch) count *= 2;
    } while (spent < limit);
    const double shortest = std::max(kShortestBatch, clock_cost_ / kClockShare);
    series.batch = last > 0 ? std::max<int64_t>(1, static_cast<int64_t>(std::ceil(shortest / last))) : count;
    return {};
  }

  Result<void> add_sample(Series& series) const {
    if (options_.make_cold) options_.make_cold();
    TRY_ASSIGN(const double seconds, time(series.calls, series.batch));
    series.ms.push_back(seconds * 1e3 / static_cast<double>(series.batch));
    return {};
  }

 private:
  const SampleOptions& options_;
  const std::function<bool()>& stopped_;
  const Clock& clock_;
  const double start_;
  const double clock_cost_;
};

// Watches for what slows the CPU down while samples are taken.
class Watch {
 public:
  Watch(const SampleOptions& options, const Clock& clock)
      : options_(options), clock_(clock), clock_cost_(clock_cost(clock)), start_(clock()), start_cpu_(now(options.cpu_seconds)), start_stolen_(now(options.stolen_seconds)) {
    check(0);
  }

  // Requires: `samples` have been taken.
  void look(size_t samples) {
    if (options_.reference && clock_() - checks_.back().at >= kCheckEvery) check(samples);
  }

  Conditions conditions(std::span<const double> sample_ms) const {
    Conditions found;
    found.cold = options_.make_cold != nullptr;
    found.outliers = outliers_of(sample_ms);
    const double elapsed = clock_() - start_;
    if (options_.cpu_seconds && elapsed > 0) found.waiting = std::clamp(1 - (now(options_.cpu_seconds) - start_cpu_) / elapsed, 0.0, 1.0);
    if (options_.stolen_seconds && elapsed > 0) found.stolen = std::clamp((now(options_.stolen_seconds) - start_stolen_) / elapsed, 0.0, 1.0);
    if (checks_.empty()) return found;
    const double shortest = std::ranges::min(checks_, {}, &Check::seconds).seconds, longest = std::ranges::max(checks_, {}, &Check::seconds).seconds;
    found.checks = static_cast<int64_t>(checks_.size());
    if (shortest > 0) found.slowest_check = longest / shortest;
    found.drifted = drifted(shortest * kDrift, sample_ms.size());
    return found;
  }

 private:
  struct Check {
    double at, seconds;
    size_t samples;   // before it
  };

  static double now(const std::function<double()>& clock) { return clock ? clock() : 0; }

  void check(size_t samples) {
    if (!options_.reference) return;
    double shortest = std::numeric_limits<double>::infinity();
    for (int i = 0; i < kCheckRuns; ++i) {
      const double start = clock_();
      options_.reference();
      shortest = std::min(shortest, clock_() - start - clock_cost_);
    }
    checks_.push_back({clock_(), shortest, samples});
  }

  // Samples between two checks one of which took too long.
  int64_t drifted(double limit, size_t samples) const {
    size_t count = 0;
    for (size_t i = 0; i < checks_.size(); ++i) {
      const bool is_last = i + 1 == checks_.size();
      const bool is_slow = checks_[i].seconds > limit || (!is_last && checks_[i + 1].seconds > limit);
      if (is_slow) count += (is_last ? samples : checks_[i + 1].samples) - checks_[i].samples;
    }
    return static_cast<int64_t>(count);
  }

  const SampleOptions& options_;
  const Clock& clock_;
  const double clock_cost_, start_, start_cpu_, start_stolen_;
  std::vector<Check> checks_;
};

bool is_tight(double low, double median, double high, double precision) { return std::max(high - median, median - low) <= precision * median; }

Estimate estimate_of(const Series& first, const Series* second, const Watch& watch, double total_s) {
  Estimate result;
  result.conditions = watch.conditions(first.ms);
  result.time = estimate(first.ms, total_s);
  if (second) {
    result.against = compare(first.ms, second->ms);
    result.against->other.total_s = total_s;
  }
  return result;
}

bool is_enough(const Estimate& e, double precision) {
  if (e.time.samples < kFewest || e.time.total_s < kShortest || !is_tight(e.time.ci95_low, e.time.median, e.time.ci95_high, precision)) return false;
  if (static_cast<double>(e.conditions.drifted) > kManyDrifted * static_cast<double>(e.time.samples)) return false;
  return !e.against || is_tight(e.against->ratio_low, e.against->ratio_median, e.against->ratio_high, precision);
}

}  // namespace

double steady_seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

Result<void> take_samples(const TimedCalls& calls, const TimedCalls& other, const SampleOptions& options,
                    const std::function<Result<void>(const Estimate&)>& stream, const std::function<bool()>& stopped, const Clock& clock) {
  const Sampling sampling(options, stopped, clock);
  Series first{calls, 1, {}}, second{other, 1, {}};
  Series* const partner = other ? &second : nullptr;
  TRY(sampling.warm_up(first));
  if (partner) TRY(sampling.warm_up(second));
  const double stream_every = std::chrono::duration<double>(options.stream_every).count();
  Watch watch(options, clock);
  double streamed = -stream_every;
  int64_t next_check = kFirstEstimate;
  while (true) {
    const bool partner_first = first.ms.size() % 2 == 1;
    if (partner && partner_first) TRY(sampling.add_sample(second));
    TRY(sampling.add_sample(first));
    if (partner && !partner_first) TRY(sampling.add_sample(second));

    watch.look(first.ms.size());
    const bool over = sampling.out_of_budget() || first.ms.size() >= kMost;
    const auto count = static_cast<int64_t>(first.ms.size());
    const double now = sampling.elapsed();
    const bool is_due = count >= kFirstEstimate && now - streamed >= stream_every;
    if (!over && !is_due && count < next_check) continue;
    next_check = std::max<int64_t>(kFewest, count + count / 8);   // an estimate sorts: not after every sample
    Estimate estimate = estimate_of(first, partner, watch, now);
    estimate.final = over || is_enough(estimate, options.precision);
    if (estimate.final || is_due) {
      TRY(stream(estimate));
      streamed = now;
    }
    if (estimate.final) return {};
  }
}

}  // namespace loopglass::measure
