// LLVM functions: their frames, parameters, allocations and ends.
#pragma once

#include "engine/codegen/llvm/frame.h"
#include "engine/codegen/memory_plan.h"

namespace loopglass::codegen {

// A new internal function that returns nothing; pointers among its parameters do not alias.
llvm::Function* make_function(KernelModule& kernel, const char* name, const std::vector<llvm::Type*>& parameters);

// Starts a function's code: an entry block, the exit, a debug scope.
void begin_function(Frame& frame);
// Puts a buffer on the stack or, for Place::Heap, allocates it; the workspace is not this function's business.
void emit_allocations(Frame& frame, const std::vector<Allocation>& allocations);
// Ends it: branches to the exit, which frees what was allocated and returns.
void end_function(Frame& frame);

// The whole kernel: `kernel(arguments, status, runtime, workspace)`, of type EntryPoint (native.h).
void emit_kernel(KernelModule& kernel, const ir::PrimFunc& function, const MemoryPlan& plan);

}  // namespace loopglass::codegen
