// Calls of builtin operators (exp, shift_left, popcount, ...) in LLVM IR.
#pragma once

#include "engine/codegen/llvm/operators.h"
#include "engine/ir/expr.h"

namespace loopglass::codegen {

// The value of `call`, whose arguments have these values (lanes alike). Requires: is_math_call (math_names.h).
llvm::Value* emit_math_call(Builder& b, const ir::Call& call, const std::vector<llvm::Value*>& args);

}  // namespace loopglass::codegen
