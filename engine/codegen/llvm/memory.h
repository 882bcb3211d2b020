// Loads and stores of buffer elements: linear addresses, vectors as contiguous, strided or gathered accesses.
#pragma once

#include "engine/codegen/llvm/frame.h"

namespace loopglass::codegen {

llvm::Value* emit_load(Frame& frame, const ir::BufferLoad& load);
void emit_store(Frame& frame, const ir::BufferStore& store);

}  // namespace loopglass::codegen
