// Tensor intrinsics: what a piece of a program computes, and what to put in its place (TVM's TensorIntrin).
#pragma once

#include "engine/ir/module.h"

namespace loopglass::ir {

// Both have the same parameters, buffers all, and one block as their body. The description's block reads and writes the buffers whole.
struct TensorIntrin {
  std::string name;
  Function description, implementation;
  std::string description_name, implementation_name;   // of the functions in their file
};

// What a file registers, in its order; null: nothing.
using TensorIntrins = std::shared_ptr<const std::vector<TensorIntrin>>;

}  // namespace loopglass::ir
