#include "engine/measure/worker/thread_pool.h"

#include <sched.h>

#include <algorithm>
#include <cstring>

#include "engine/measure/worker/crash_report.h"

namespace loopglass::measure {
namespace {

constexpr int kSpins = 2'000;   // some 30 us: the gap between calls of a timed loop is shorter, so that its workers never sleep

void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

// Waits, first awake (for `spins` looks) and then asleep, until `value` is no longer `old`.
template <class T>
void wait_for_change(const std::atomic<T>& value, T old, int spins) {
  for (int i = 0; i < spins; ++i) {
    if (value.load(std::memory_order_acquire) != old) return;
    pause();
  }
  while (value.load(std::memory_order_acquire) == old) value.wait(old, std::memory_order_acquire);
}

// The CPUs that this process may use, ascending; read once, before anything is pinned. What the parent pinned itself to is inherited, and does
// not count: a window keeps off the very CPU that kernels are timed on.
const std::vector<int>& usable_cpus() {
  static const std::vector<int> cpus = [] {
    std::vector<int> found;
    cpu_set_t set;
    std::memset(&set, 0xFF, sizeof set);
    sched_setaffinity(0, sizeof set, &set);
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0)
      for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
        if (CPU_ISSET(cpu, &set)) found.push_back(cpu);
    return found;
  }();
  return cpus;
}

void bind_to(const std::vector<int>& cpus, int thread) {
  if (cpus.empty()) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : cpus) CPU_SET(cpu, &set);
  sched_setaffinity(thread, sizeof set, &set);
}

}  // namespace

void pin_to_last_cpu(int thread) {
  if (!usable_cpus().empty()) bind_to({usable_cpus().back()}, thread);
}

void keep_off_last_cpu(int thread) {
  std::vector<int> cpus = usable_cpus();
  if (cpus.size() > 1) cpus.pop_back();
  bind_to(cpus, thread);
}

// With more threads than CPUs, who waits awake keeps another from its work.
ThreadPool::ThreadPool(int threads) : spins_(threads <= static_cast<int>(usable_cpus().size()) ? kSpins : 0) {
  for (int index = 1; index < threads; ++index) workers_.emplace_back([this, index] { serve(index); });
}

ThreadPool::~ThreadPool() {
  stopping_ = true;
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::serve(int index) {
  const std::vector<int>& cpus = usable_cpus();
  if (!cpus.empty()) bind_to({cpus[(cpus.size() - 1 - static_cast<size_t>(index) % cpus.size())]}, 0);
  const AlternateStack stack;
  uint32_t seen = 0;
  while (true) {
    wait_for_change(round_, seen, spins_);
    ++seen;   // a round is only raised once all have finished the one before
    if (stopping_) return;
    run_chunk(index);
    if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) unfinished_.notify_one();
  }
}

void ThreadPool::run_chunk(int index) const {
  const int64_t size = (task_.extent + threads() - 1) / threads();
  const int64_t begin = std::min(task_.extent, index * size), end = std::min(task_.extent, begin + size);
  if (begin < end) task_.chunk(task_.closure, begin, end);
}

void ThreadPool::run(int64_t extent, Chunk chunk, void* closure) {
  if (workers_.empty() || extent <= 1 || busy_.exchange(true)) {
    if (extent > 0) chunk(closure, 0, extent);
    return;
  }
  task_ = {chunk, closure, extent};
  unfinished_.store(static_cast<int32_t>(workers_.size()), std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  run_chunk(0);
  for (int32_t left = unfinished_.load(std::memory_order_acquire); left != 0; left = unfinished_.load(std::memory_order_acquire))
    wait_for_change(unfinished_, left, spins_);
  busy_ = false;
}

void ThreadPool::parallel_for(void* pool, int64_t extent, Chunk chunk, void* closure) {
  static_cast<ThreadPool*>(pool)->run(extent, chunk, closure);
}

}  // namespace loopglass::measure
