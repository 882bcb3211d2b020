// One background thread that runs the newest job of its kind: a newer job stops and replaces the one before.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace loopglass::app {

class JobSlot {
 public:
  using Job = std::function<void(std::stop_token)>;

  // Soon: someone waits for it. Later: it has all the processor time that nothing else wants.
  enum class Priority { Soon, Later };

  explicit JobSlot(Priority priority) : niceness_(priority == Priority::Soon ? 4 : 12), thread_([this](std::stop_token stop) { run(stop); }) {}

  // Asks the running job to stop and runs this one next; one that has not started is dropped.
  void submit(Job job) {
    const std::lock_guard lock(mutex_);
    running_stop_.request_stop();
    next_ = std::move(job);
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
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness_);   // of this thread alone
    while (true) {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [this] { return next_.has_value(); })) return;
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

  const int niceness_;   // the window, the engine and the worker's client go first: on two cores they share one with the jobs
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Job> next_;
  std::stop_source running_stop_;
  bool running_ = false;
  std::jthread thread_;   // last: joined before the rest goes
};

}  // namespace loopglass::app
