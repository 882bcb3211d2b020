// Whether a kernel's results are those of the reference: the contract's rule, element by element.
#pragma once

#include <span>

#include "engine/interp/tensor.h"
#include "engine/ir/module.h"
#include "engine/measure/client.h"

namespace loopglass::measure {

// What is right, for each parameter of a function.
struct Expected {
  std::vector<interp::Tensor> values;             // after the reference has run, in the order of the parameters
  std::vector<std::vector<double>> magnitudes;    // S of each element; empty for what is no float, or is never written
  double tolerance = 1e-5;                        // rtol for floats; integers are to be equal
};

// `got`: where each parameter's elements lie, as they are after the call. NaN is right where NaN is expected, an infinity where the same one is.
// Integers are equal or wrong; their error is the relative one.
// `names`: the parameters', for first_wrong.
Verified verify(const Expected& expected, std::span<void* const> got, std::span<const std::string> names);

// The buffers' names, in the order of the parameters (a scalar's is its own).
std::vector<std::string> parameter_names(const ir::PrimFunc& function);

}  // namespace loopglass::measure
