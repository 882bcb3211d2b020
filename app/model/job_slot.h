// One background thread that runs the newest job of its kind: a newer job stops and replaces the one before.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "engine/support/thread_turn.h"

namespace loopglass::app {

class JobSlot {
 public:
  using Job = std::function<void(std::stop_token)>;

  // AtOnce: a hand waits for it, on a slider, and it is short. Soon: someone waits for it. Later: it has all the processor time that nothing else wants, and starts once the frame that follows the gesture has been drawn: however
  // nice a thread is, it delays the others by some milliseconds when it has its turn.
  enum class Priority { AtOnce, Soon, Later };

  explicit JobSlot(Priority priority) : priority_(priority), thread_([this](std::stop_token stop) { run(stop); }) {}

  // Asks the running job to stop and runs this one next; one that has not started is dropped.
  void submit(Job job) {
    const std::lock_guard lock(mutex_);
    running_stop_.request_stop();
    next_ = std::move(job);
    asked_for_ = std::chrono::steady_clock::now();
    changed_.notify_all();
  }

  // Asks the running job to stop, and drops one that has not started.
  void stop() {
    const std::lock_guard lock(mutex_);
    running_stop_.request_stop();
    next_.reset();
  }

  bool is_idle() const {
    const std::lock_guard lock(mutex_);
    return !next_ && !running_;
  }

  // Waits for at most `patience` until nothing runs or waits to run; false where something still does.
  bool wait_until_idle(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [this] { return !next_ && !running_; });
  }

  ~JobSlot() { stop(); }

 private:
  void run(std::stop_token stop) {
    ask_for_short_turns();
    constexpr int kNiceness[] = {0, 4, 12};
    give_way(kNiceness[static_cast<int>(priority_)]);
    while (true) {
      std::unique_lock lock(mutex_);
      if (!wait_for_job(lock, stop)) return;
      const Job job = std::move(*next_);
      next_.reset();
      running_ = true;
      running_stop_ = std::stop_source();
      const std::stop_token job_stop = running_stop_.get_token();
      lock.unlock();
      job(job_stop);
      lock.lock();
      running_ = false;
      changed_.notify_all();
    }
  }

  // False: the thread is asked to end.
  bool wait_for_job(std::unique_lock<std::mutex>& lock, std::stop_token& stop) {
    while (changed_.wait(lock, stop, [this] { return next_.has_value(); })) {
      if (priority_ != Priority::Later || std::chrono::steady_clock::now() >= asked_for_ + kPause) return true;
      changed_.wait_until(lock, stop, asked_for_ + kPause, [] { return false; });   // a newer one may come meanwhile
    }
    return false;
  }

  static constexpr std::chrono::milliseconds kPause{16};

  const Priority priority_;   // the window, the engine and the worker's client go first: on two cores they share one with the jobs
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Job> next_;
  std::chrono::steady_clock::time_point asked_for_;
  std::stop_source running_stop_;
  bool running_ = false;
  std::jthread thread_;   // last: joined before the rest goes
};

}  // namespace loopglass::app
