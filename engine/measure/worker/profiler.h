// Where the calling thread is, asked by a timer: addresses of instructions. What runs is not changed for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

namespace loopglass::measure {

// Samples from its making to its end; one at a time in the process.
class Profiler {
 public:
  // `code`: the addresses [first, last) that are of interest. Where the thread is in something called from there, the place of the call is taken: the
  // nearest word on the stack that points into the code.
  Profiler(std::pair<uintptr_t, uintptr_t> code, std::chrono::microseconds every);
  ~Profiler();
  Profiler(const Profiler&) = delete;
  Profiler& operator=(const Profiler&) = delete;

  bool is_running() const { return running_; }   // false where the system has no timer for it
  // So far; 0 for a sample outside of the code.
  std::vector<uintptr_t> samples() const;

 private:
  void* timer_ = nullptr;
  bool running_ = false;
};

}  // namespace loopglass::measure
