// One use of a tensor intrinsic: its functions made ready to stand in a program.
#pragma once

#include "engine/ir/tensor_intrin.h"

namespace loopglass::schedule {

// The description's body with every expression simplified, as blockize simplifies those of the program.
ir::Stmt simplified_description(const ir::PrimFunc& description);

// The implementation with variables, buffers and blocks of its own, so that it can stand in a program several times; indices have the given
// type.
struct IntrinsicInstance {
  std::vector<ir::Buffer> params;   // in the order of the function's parameters
  ir::Block block;
};
IntrinsicInstance instantiate(const ir::PrimFunc& implementation, ir::DataType index_type);

}  // namespace loopglass::schedule
