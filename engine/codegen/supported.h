// Whether a lowered function has only what the code generator has code for.
#pragma once

#include "engine/ir/module.h"
#include "engine/support/result.h"

namespace loopglass::codegen {

// Errors: UnsupportedOperation: calls without code (call_extern, ...), GPU loops, vectors in memory, symbolic strides.
Result<void> check_supported(const ir::PrimFunc& function);

}  // namespace loopglass::codegen
