// How large a rounding error may be: S of the contract's rule |got - ref| <= rtol * max(|ref|, S), computed beside the reference.
//
// S of an output is "the sum of the absolute terms of its reduction". Every float buffer X that is written gets a companion X_magnitude (float64)
// that holds S of each element, and every store to X is preceded by the store of its value's S:
//   Before: Y[i, j] = Y[i, j] + A[i, k] * B[k, j]
//   After:  Y_magnitude[i, j] = Y_magnitude[i, j] + |A[i, k]| * |B[k, j]|
//           Y[i, j] = Y[i, j] + A[i, k] * B[k, j]
// with S(constant) = |constant|, S(a + b) = S(a - b) = S(a) + S(b), S(a * b) = S(a) S(b), S(max(a, b)) = S of the larger (the larger S, where rounding
// may decide which one that is), and for what amplifies an error of its argument first order in it: S(a / b) = S(a) S(b) / b^2, S(exp a) =
// exp(a) max(1, S(a)), S(log a) = max(|log a|, S(a) / |a|), S(sqrt a) = S(a) / sqrt(a), S(f(a)) = max(|f(a)|, S(a)) for functions of slope at most 1
// (tanh, sigmoid, erf, sin, ...). So a chain (exp of a sum, divided by a sum) is judged by the errors that it really hands on, and a plain reduction
// exactly by the contract.
// Source: the running error bound of Wilkinson (N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., 3.3), without its eps.
#pragma once

#include "engine/ir/module.h"

namespace loopglass::measure {

struct WithMagnitudes {
  ir::Function function;          // parameters: the original ones, then a companion for each float buffer among them that is written
  std::vector<int> companion_of;  // for each added parameter: the index of the original one
};

// `plain`: a plainly lowered function. The companions are for the caller to fill: |x|.
WithMagnitudes with_magnitudes(const ir::Function& plain);

// The tolerance for values that went through the function: that of the least precise float type among its buffers (1e-5 for float32, 1e-12
// for float64, 1e-2 for float16; 4e-2 for bfloat16, which the contract does not name).
double relative_tolerance(const ir::PrimFunc& plain);

}  // namespace loopglass::measure
