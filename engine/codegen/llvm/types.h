// LLVM's types for TensorIR's. bfloat16 values are i16 (its bits): arithmetic widens to float and rounds back.
#pragma once

#include <llvm/IR/DerivedTypes.h>

#include "engine/ir/data_type.h"

namespace loopglass::codegen {

// Of a value in a register: bool is i1; a vector type where it has lanes.
llvm::Type* value_type(llvm::LLVMContext& context, ir::DataType type);
// Of an element in memory: bool is i8 (0 or 1).
llvm::Type* memory_type(llvm::LLVMContext& context, ir::DataType type);
// `scalar` with these lanes.
llvm::Type* with_lanes(llvm::Type* scalar, int lanes);

}  // namespace loopglass::codegen
