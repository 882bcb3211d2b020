// Work that cannot be interrupted (LLVM's) on a thread of its own: who asked for it may stop waiting, and it goes on beside.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace loopglass::measure {

class Background {
 public:
  Background() = default;
  ~Background();                       // waits for what is under way
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  // Runs `work` on the CPU that kernels are timed on, as the caller only waits meanwhile; confined as the caller is. Requires: is_idle().
  void start(std::function<void()> work);
  bool is_idle() const;
  // Waits until it is idle. False where `stopped` says so before: what is under way then leaves that CPU to the caller (until it waits again), and all others to who wants
  // them.
  bool wait(const std::function<bool()>& stopped);
  // What the work that was started last has thrown is thrown here. Requires: is_idle().
  void rethrow() const;

 private:
  void run(const std::function<void()>& work);
  void place() const;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool is_busy_ = false;
  int thread_id_ = 0;                  // 0: it has not begun
  bool is_aside_ = false;
  std::exception_ptr thrown_;
  std::thread thread_;                 // of the last work
};

}  // namespace loopglass::measure
