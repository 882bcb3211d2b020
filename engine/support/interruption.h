// What long work asks now and then: whether to stop; and work that nobody waits for rests there while somebody waits for something else.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <stop_token>

namespace loopglass {

// A stretch of time in which what a hand waits for is to have the processor. However nice a thread is, the scheduler gives it a turn of some milliseconds
// sooner or later; one that sleeps takes none. Any thread may call.
class Quiet {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kLongest{500}, kTurn{100};

  // For so long from now. A hand that does not rest has at most kLongest of it in one go; then what rests has its turn, of kTurn.
  void keep(std::chrono::milliseconds time, Clock::time_point now = Clock::now());
  // When it ends. Nothing where it is not quiet.
  std::optional<Clock::time_point> end(Clock::time_point now = Clock::now()) const;

 private:
  std::atomic<Clock::time_point> begin_{}, end_{};   // of the last stretch; none yet: the clock's beginning
};

class Interruption {
 public:
  Interruption() = default;
  // `quiet`: what to rest for; null: nothing. Must outlive the work.
  Interruption(std::stop_token stop, const Quiet* quiet = nullptr) : token_(std::move(stop)), quiet_(quiet) {}

  // To be asked every some ten microseconds. While it is quiet the answer waits, unless it is yes.
  bool stop_requested() const {
    if (quiet_) rest();
    return token_.stop_requested();
  }
  const std::stop_token& token() const { return token_; }

 private:
  void rest() const;

  std::stop_token token_;
  const Quiet* quiet_ = nullptr;
};

}  // namespace loopglass
