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
#include <stop_token>
#include <thread>

#include "engine/support/thread_turn.h"

namespace loopglass::app {

class JobSlot {
 public:
  using Job = std::function<void(std::stop_token)>;

  // AtOnce: a hand waits for it, on a slider, and it is short. Soon: someone waits for it. Later: it has all the processor time that nothing else wants, and
  // starts once the frame that follows the gesture has been drawn: however nice a thread is, it delays the others by some milliseconds when it has its turn.
  enum class Priority { AtOnce, Soon, Later };

  explicit JobSlot(Priority priority) : priority_(priority), thread_([this] { run(); }) {}

  // Asks the running job to stop and runs this one next; one that has not started is dropped.
  void submit(Job job) {
    {
      const std::lock_guard lock(mutex_);
      running_stop_.request_stop();
      next_ = std::move(job);
      asked_for_ = std::chrono::steady_clock::now();
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
      const std::stop_token stop = running_stop_.get_token();
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
      } else if (const auto start = asked_for_ + kPause; priority_ == Priority::Later && std::chrono::steady_clock::now() < start) {
        changed_.wait_until(lock, start);   // a newer one may come meanwhile
      } else {
        return true;
      }
    }
    return false;
  }

  static constexpr std::chrono::milliseconds kPause{30};

  const Priority priority_;   // the window, the engine and the worker's client go first: on two cores they share one with the jobs
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Job> next_;
  std::chrono::steady_clock::time_point asked_for_;
  std::stop_source running_stop_;
  bool running_ = false, is_ending_ = false;
  std::thread thread_;   // last: uses the rest
};

}  // namespace loopglass::app
