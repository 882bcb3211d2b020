// Random small functions whose accesses all stay in bounds: imperfect nests, blocks with init and predicates, split, fused and triangular
// indices, lazy and eager conditions, gathers.
#pragma once

#include <random>

#include "engine/ir/module.h"

namespace loopglass::naive {

struct RandomProgram {
  ir::Function function;
  std::vector<const ir::VarNode*> loops;
  bool gathers = false;   // some index depends on data
};

RandomProgram make_random_program(uint32_t seed, bool with_gathers);

}  // namespace loopglass::naive
