// Counted loops in LLVM IR.
#pragma once

#include <functional>

#include "engine/codegen/llvm/frame.h"

namespace loopglass::codegen {

// for n in [begin, end), counted in i64: binds `loop`'s variable to min + n * step and emits its body. `begin` and `end` are i64 values.
void emit_counted_loop(Frame& frame, const ir::For& loop, llvm::Value* begin, llvm::Value* end);
// The number of iterations of a loop, as i64.
llvm::Value* emit_trip_count(Frame& frame, const ir::For& loop);

}  // namespace loopglass::codegen
