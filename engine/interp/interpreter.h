// The reference evaluator: runs TensorIR as it is written, blocks and all; slow and obviously right. The truth for the tests.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "engine/interp/tensor.h"
#include "engine/ir/module.h"
#include "engine/support/interruption.h"
#include "engine/support/result.h"

namespace loopglass::interp {

struct Limits {
  int64_t max_steps = INT64_MAX;              // stores and loop iterations executed; passing it gives KernelLimit
  int64_t max_bytes = int64_t{4} << 30;       // of all allocations at once; passing it gives KernelMemory
  Interruption stop;                          // gives Cancelled
};

// Runs a function on its arguments, in the order of its parameters, in place. Every kind of loop runs serially, in order. A local
// allocation starts out filled with values that make a read before the first write show: NaN, or the largest integer.
// Errors: TypeMismatch (an argument's type or shape), KernelOutOfBounds (buffer, index, loop values), KernelDivideByZero, KernelAssertion,
// KernelLimit, KernelMemory, Cancelled, UnsupportedOperation (call_extern).
Result<void> run(const ir::Function& function, std::span<Tensor> arguments, const Limits& limits = {});

// Seeded arguments for a function with constant shapes: fill_random for all, but integers that are used to index a buffer stay inside the
// dimension that they index. Errors: UnsupportedOperation (symbolic shapes), KernelMemory.
Result<std::vector<Tensor>> make_arguments(const ir::Function& function, uint64_t seed, int64_t max_bytes = int64_t{4} << 30);

}  // namespace loopglass::interp
