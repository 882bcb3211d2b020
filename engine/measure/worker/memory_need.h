// How much memory a request will take, known before any is allocated.
#pragma once

#include <cstdint>

#include "engine/ir/module.h"
#include "engine/support/result.h"

namespace loopglass::measure {

// Error: KernelMemory, with the largest buffer's name and size, where the parameters (counted with the copies that checking needs) and the
// allocations of a function exceed `limit` bytes.
Result<void> check_memory(const ir::PrimFunc& lowered, int64_t limit);

}  // namespace loopglass::measure
