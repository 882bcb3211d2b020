// A T.parallel loop: its body becomes a function of its own, which the runtime's pool calls for pieces of the range.
#pragma once

#include "engine/codegen/llvm/frame.h"

namespace loopglass::codegen {

void emit_parallel_loop(Frame& frame, const ir::For& loop);

}  // namespace loopglass::codegen
