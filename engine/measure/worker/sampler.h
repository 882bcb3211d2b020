// The stopwatch: how long a call takes, in samples that tighten until the answer is known well enough.
//
// A sample is a batch of calls, long enough that reading the clock does not count (its cost is measured and taken off too). Batches of two
// kernels are interleaved in the order ABBA, so that a drift of the machine falls on both alike. Nothing is thrown away; what disturbed the samples is
// found and told, and where it was much, sampling goes on as long as the budget lasts.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "engine/measure/conditions.h"
#include "engine/measure/statistics.h"
#include "engine/support/result.h"

namespace loopglass::measure {

struct SampleOptions {
  double budget_s = 1.0;                             // for sampling, warm-up included
  double known_call_s = 0;                           // how long a call took before; a long one needs no warm-up
  double precision = 0.01;                           // enough where the interval of the median is not wider than this share of it, either side
  std::chrono::milliseconds stream_every{25};        // between estimates
  std::function<void()> make_cold;                   // before every call, each of which is then a sample; null: warm, in batches
  std::function<void()> reference;                   // takes as long whenever the CPU is as fast; runs between samples; null: none
  std::function<double()> cpu_seconds;               // of the thread; null: not looked at
  std::function<double()> stolen_seconds;            // from the CPU; null: not looked at
};

// The clock, in seconds; replaced in tests.
using Clock = std::function<double()>;
double steady_seconds();

// Calls a kernel `count` times, one after the other; its errors end the sampling.
using TimedCalls = std::function<Result<void>(int64_t count)>;

struct Estimate {
  TimeEstimate time;
  std::optional<Comparison> against;
  Conditions conditions;   // of the samples of the first kernel
  bool final = false;
};

// Times `calls`, and `other` beside them where there is one. `stream` gets the first estimate once six samples are there, then one every
// `stream_every`, the last with `final`; an error of its ends the sampling. `stopped` is asked between batches: true gives Cancelled.
Result<void> take_samples(const TimedCalls& calls, const TimedCalls& other, const SampleOptions& options, const std::function<Result<void>(const Estimate&)>& stream,
                    const std::function<bool()>& stopped, const Clock& clock = steady_seconds);

}  // namespace loopglass::measure
