// The threads of T.parallel: contiguous chunks, one per thread, as the memory picture's model cuts them.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace loopglass::measure {

class ThreadPool {
 public:
  using Chunk = void (*)(void* closure, int64_t begin, int64_t end);

  // `threads`, the caller's own among them: the caller keeps the CPU it is on, the others are pinned to the CPUs before the last, downwards.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }
  // Runs [0, extent) in chunks of ceil(extent / threads) and returns when all is done. Called within a chunk it runs serially.
  void run(int64_t extent, Chunk chunk, void* closure);
  // The same in the form that compiled code calls (codegen's ParallelFor); `pool` is a ThreadPool.
  static void parallel_for(void* pool, int64_t extent, Chunk chunk, void* closure);

 private:
  struct Task {
    Chunk chunk = nullptr;
    void* closure = nullptr;
    int64_t extent = 0;
  };
  void serve(int index);
  void run_chunk(int index) const;

  const int spins_;
  Task task_;                                // written before `round_` is raised, read after
  std::atomic<uint32_t> round_ = 0;          // raised for each task; the workers wait for it
  std::atomic<int32_t> unfinished_ = 0;
  std::atomic<bool> busy_ = false;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> workers_;
};

// Binds a thread (0: the calling one) to the last of the CPUs that the process may use, where a kernel is timed...
void pin_to_last_cpu(int thread = 0);
// ...or to all but it, where everything else runs (to all where there is one).
void keep_off_last_cpu(int thread = 0);

}  // namespace loopglass::measure
