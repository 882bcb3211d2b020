// The least memory traffic a program needs: the contract's `bytes_min`.
#pragma once

#include <cstdint>

#include "engine/ir/module.h"

namespace loopglass::measure {

// Distinct bytes of the parameters that a plainly lowered function reads, plus those that it writes (an element that is read and written
// counts twice). Exact where indices and conditions depend on loops alone. Where they depend on data, or where more than 2^28 elements or
// iterations had to be looked at one by one, the whole buffer is counted.
int64_t distinct_parameter_bytes(const ir::Function& plain);

}  // namespace loopglass::measure
