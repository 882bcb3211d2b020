// Small programs in TVMScript that several tests run.
#pragma once

#include <string>

#include "engine/ir/module.h"

namespace loopglass::measure {

// C = max(A @ B, 0), of n x n float32.
std::string mm_relu(int n = 32);
// One function `f` with this signature and these statements (indented by four blanks each).
std::string function_of(const std::string& parameters, const std::string& body);
// Replaces the first occurrence; a test's way to schedule by hand, or to make a mistake.
std::string replaced(std::string text, const std::string& from, const std::string& to);
ir::Module parse(const std::string& text);

}  // namespace loopglass::measure
