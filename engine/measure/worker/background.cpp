#include "engine/measure/worker/background.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "engine/measure/worker/thread_pool.h"
#include "engine/support/check.h"

namespace loopglass::measure {

namespace {
constexpr std::chrono::microseconds kLook{300};   // between looks at whether to stop
constexpr int kAside = 19;                        // niceness; for good, so each piece of work has a thread of its own
}  // namespace

Background::~Background() {
  if (thread_.joinable()) thread_.join();
}

void Background::start(std::function<void()> work) {
  CHECK(is_idle(), "one piece of work at a time");
  if (thread_.joinable()) thread_.join();
  is_busy_ = true;
  is_aside_ = false;
  thread_id_ = 0;
  thrown_ = nullptr;
  thread_ = std::thread([this, work = std::move(work)] { run(work); });
}

bool Background::is_idle() const {
  const std::lock_guard lock(mutex_);
  return !is_busy_;
}

bool Background::wait(const std::function<bool()>& stopped) {
  std::unique_lock lock(mutex_);
  if (is_busy_ && std::exchange(is_aside_, false)) place();
  while (!changed_.wait_for(lock, kLook, [this] { return !is_busy_; })) {
    if (!stopped()) continue;
    is_aside_ = true;
    place();
    return false;
  }
  return true;
}

void Background::rethrow() const {
  const std::lock_guard lock(mutex_);
  if (thrown_) std::rethrow_exception(thrown_);
}

void Background::place() const {
  if (thread_id_ == 0) return;   // it will do so itself
  if (!is_aside_) return pin_to_last_cpu(thread_id_);
  keep_off_last_cpu(thread_id_);
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(thread_id_), kAside);
}

void Background::run(const std::function<void()>& work) {
  {
    const std::lock_guard lock(mutex_);
    thread_id_ = static_cast<int>(::syscall(SYS_gettid));
    place();
  }
  std::exception_ptr thrown;
  try {
    work();
  } catch (...) {
    thrown = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  thrown_ = std::move(thrown);
  is_busy_ = false;
  changed_.notify_all();
}

}  // namespace loopglass::measure
