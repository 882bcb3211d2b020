// Runs exported text: NumPy under python3, C through the system's compiler.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/interp/tensor.h"

namespace loopglass::emit {

struct Call {
  std::string function;
  std::vector<interp::Tensor> arguments;   // afterwards: as the call left them
  std::vector<bool> is_scalar;             // by argument: passed by value
};

// False where there is no python3 with NumPy.
bool have_numpy();
// Empty where all went well; otherwise what the program said.
std::string run_numpy(const std::string& text, std::vector<Call>& calls, const std::filesystem::path& folder);
std::string run_c(const std::string& text, std::vector<Call>& calls, const std::filesystem::path& folder);

// Empty where the arguments agree: integers exactly, floats within `tolerance` of max(|a|, |b|, 1), NaN as NaN.
std::string difference(const std::vector<interp::Tensor>& wanted, const std::vector<interp::Tensor>& got, double tolerance);

}  // namespace loopglass::emit
