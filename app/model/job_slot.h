// One background thread that runs the newest job of its kind: a newer job stops and replaces the one before.
//
// Whoever waits is woken once the lock is free, here and in the engine: woken earlier it would take the processor from a nice thread that holds what it
// needs, and wait for it behind all that is less nice.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "engine/support/interruption.h"
#include "engine/support/thread_turn.h"

namespace loopglass::app {

class JobSlot {
 public:
  using Job = std::function<void(const Interruption&)>;

  // AtOnce: a hand waits for it, on a slider, and it is short. Soon: someone waits for it. Later: it has all the processor time that nothing else wants.
  enum class Priority { AtOnce, Soon, Later };

  // `quiet`: what its jobs rest for, and start after; null: nothing.
  explicit JobSlot(Priority priority, const Quiet* quiet = nullptr) : priority_(priority), quiet_(quiet), thread_([this] { run(); }) {}

  // Asks the running job to stop and runs this one next; one that has not started is dropped.
  void submit(Job job) {
    {
      const std::lock_guard lock(mutex_);
      running_stop_.request_stop();
      next_ = std::move(job);
    }
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

  ~JobSlot() {
    stop();
    {
      const std::lock_guard lock(mutex_);
      is_ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

 private:
  void run() {
    if (priority_ != Priority::Later) ask_for_short_turns();   // who does comes before the others
    constexpr int kNiceness[] = {0, 4, 12};
    give_way(kNiceness[static_cast<int>(priority_)]);
    std::unique_lock lock(mutex_);
    while (wait_for_job(lock)) {
      const Job job = std::move(*next_);
      next_.reset();
      running_ = true;
      running_stop_ = std::stop_source();
      const Interruption stop(running_stop_.get_token(), quiet_);
      lock.unlock();
      job(stop);
      lock.lock();
      running_ = false;
      lock.unlock();
      changed_.notify_all();
      lock.lock();
    }
  }

  // False: the thread is asked to end.
  bool wait_for_job(std::unique_lock<std::mutex>& lock) {
    while (!is_ending_) {
      if (!next_) {
        changed_.wait(lock);
      } else if (const auto start = quiet_ ? quiet_->end() : std::nullopt) {
        changed_.wait_until(lock, *start);   // a newer one may come meanwhile
      } else {
        return true;
      }
    }
    return false;
  }

  const Priority priority_;   // the window, the engine and the worker's client go first: on two cores they share one with the jobs
  const Quiet* const quiet_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Job> next_;
  std::stop_source running_stop_;
  bool running_ = false, is_ending_ = false;
  std::thread thread_;   // last: uses the rest
};

}  // namespace loopglass::app
