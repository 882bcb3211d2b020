// Where a function touches its parameters: each load and store with the loops and conditions around it.
#pragma once

#include <vector>

#include "engine/ir/module.h"

namespace loopglass::measure {

struct AccessSite {
  ir::Buffer buffer;
  std::vector<ir::Expr> indices;          // scalar variables replaced by their values
  std::vector<const ir::For*> loops;      // around it, outermost first
  std::vector<ir::Expr> conditions;       // all of which hold where it runs; a conjunction is taken apart
  bool is_write = false;
};

// Of the parameters' buffers, in program order. `plain`: a plainly lowered function.
std::vector<AccessSite> parameter_accesses(const ir::PrimFunc& plain);

}  // namespace loopglass::measure
