// Run-time checks: where one fails the kernel notes what and where in its Status and ends.
#pragma once

#include <functional>

#include "engine/codegen/llvm/frame.h"

namespace loopglass::codegen {

// Goes on where `condition` (i1) is true; else writes the site and the index to the status and leaves the function. `emit_indices` gives the
// index as i64 values; its code runs only where the check has failed. Of several threads that fail the first one's words stay.
using EmitIndices = std::function<std::vector<llvm::Value*>()>;
void emit_check(Frame& frame, llvm::Value* condition, FailureSite site, const EmitIndices& emit_indices = {});
// The same for memory that could not be had: Status::kOutOfMemory.
void emit_memory_check(Frame& frame, llvm::Value* pointer);
// Leaves the function where the status says that something has failed already.
void emit_leave_if_failed(Frame& frame);

}  // namespace loopglass::codegen
