// One function, run by the interpreter and as compiled code on the same inputs.
#pragma once

#include <string>
#include <vector>

#include "engine/codegen/kernel.h"
#include "engine/interp/tensor.h"

namespace loopglass::codegen {

// How a run ended: the arguments as they are then, or what went wrong.
struct Outcome {
  std::vector<interp::Tensor> arguments;
  std::optional<Diagnostic> error;
};

Outcome interpret(const ir::Function& function, std::vector<interp::Tensor> arguments);
struct Way {
  lower::Options lower;
  Options compile{.verify_ir = true};
  Runtime runtime;
};
Outcome run_compiled(Compiler& compiler, const ir::Function& function, std::vector<interp::Tensor> arguments, const Way& way);

// Empty where both ended alike: the same kind of error, or equal elements; floats within `tolerance` of max(|a|, |b|, 1), integers exactly, NaN as NaN.
std::string difference(const Outcome& expected, const Outcome& got, double tolerance);

}  // namespace loopglass::codegen
