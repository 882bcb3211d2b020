// How much arithmetic a program asks for: the contract's `flops`.
#pragma once

#include <cstdint>

#include "engine/ir/module.h"

namespace loopglass::measure {

struct WorkCount {
  int64_t flops = 0;      // + - * / (floor division too), max, min and calls; index arithmetic, casts, selects and conditions not
  int64_t accesses = 0;   // scalar loads and stores
  bool exact = true;      // false where a condition or a trip count depends on data: then the branch with more work is counted, a While once
};

// Counts a plainly lowered function (no blocks, scalar statements) by its trip counts; only loops that a condition or another loop's extent
// depends on are walked through. Arithmetic is of data, not of indices, where its value is a float or is made of what a buffer holds.
WorkCount count_work(const ir::Function& plain);

}  // namespace loopglass::measure
