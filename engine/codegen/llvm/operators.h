// The meaning of TensorIR's operators in LLVM IR: what wraps, what floors, what rounds; no state, no poison.
#pragma once

#include <llvm/IR/IRBuilder.h>

#include "engine/ir/expr.h"

namespace loopglass::codegen {

using Builder = llvm::IRBuilder<>;

// A binary operator on two values of `type` (arithmetic, comparison, And / Or without laziness). Integers wrap; division by zero must have
// been excluded; the smallest integer divided by -1 wraps.
llvm::Value* emit_binary(Builder& b, ir::ExprKind kind, ir::DataType type, llvm::Value* x, llvm::Value* y);

// Integers wrap, floats are rounded to nearest even; a float becomes an integer by truncation, and what does not fit becomes the smallest
// integer (of 32 bits at least, then wraps): x86's rule, which TVM shows.
llvm::Value* emit_cast(Builder& b, ir::DataType from, ir::DataType to, llvm::Value* x);

// Floats that have no arithmetic of their own are computed in float32 (float16's basic operators are LLVM's).
llvm::Value* widen_bfloat(Builder& b, llvm::Value* x);     // i16 bits -> float
llvm::Value* narrow_to_bfloat(Builder& b, llvm::Value* x); // float -> i16 bits, to nearest even, NaN stays NaN

// A constant in all lanes.
llvm::Value* int_constant(llvm::Type* type, int64_t value);

}  // namespace loopglass::codegen
