// The nests whose memory picture has a time to be made in (memory-model.md's tables).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/ir/module.h"

namespace loopglass::bench {

struct AccessKernel {
  std::string name;
  ir::Function function;
  std::map<std::string, int64_t> row_pitch;
  double counts_ms = 0, misses_ms = 0, reuse_ms = 0;   // targets; 0: none
};

std::vector<AccessKernel> access_kernels();

}  // namespace loopglass::bench
