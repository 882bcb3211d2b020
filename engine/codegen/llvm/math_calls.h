// Calls of builtin operators (exp, shift_left, popcount, ...) in LLVM IR.
#pragma once

#include "engine/codegen/llvm/operators.h"
#include "engine/ir/expr.h"

namespace loopglass::codegen {

// The value of `call`, whose arguments have these values (lanes alike). Requires: find_math_operator (math_operator.h) has it. `vector_bits`: how wide
// the vectors of libmvec may be (vector_math.h); 0: every lane by the C library.
llvm::Value* emit_math_call(Builder& b, const ir::Call& call, const std::vector<llvm::Value*>& args, int vector_bits);

}  // namespace loopglass::codegen
