// Random programs and random schedule statements for them, for property tests: the same for a seed on every machine.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "engine/ir/module.h"

namespace loopglass::tests {

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  int64_t below(int64_t n) { return static_cast<int64_t>(engine_() % static_cast<uint64_t>(n)); }   // [0, n)
  int64_t between(int64_t low, int64_t high) { return low + below(high - low + 1); }                // inclusive
  bool chance(int percent) { return below(100) < percent; }
  template <class T>
  const T& choose(const std::vector<T>& list) { return list[below(static_cast<int64_t>(list.size()))]; }

 private:
  std::mt19937_64 engine_;
};

// A program in TVMScript: a chain of two to four stages (elementwise, shifted, transposed, window, reduction, matrix product) on small buffers,
// int32 or float32, the last into the output.
std::string random_program(Random& random);

// One or more Python statements on `sch` that try a random step on the program as it stands now.
std::string random_step(Random& random, const ir::Module& module);

}  // namespace loopglass::tests
