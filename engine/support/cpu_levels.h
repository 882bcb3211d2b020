// The levels of the x86-64 ABI, as LLVM and the psABI name them: what code can be forced down to.
#pragma once

#include <string>
#include <vector>

namespace loopglass {

// Those that this CPU has, narrow first: "x86-64-v2" (128 bits), "x86-64-v3" (AVX2 and FMA), "x86-64-v4" (AVX-512). Empty on another architecture.
std::vector<std::string> cpu_levels();

}  // namespace loopglass
