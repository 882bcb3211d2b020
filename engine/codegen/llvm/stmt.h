// Statements of a lowered function in LLVM IR.
#pragma once

#include "engine/codegen/llvm/frame.h"

namespace loopglass::codegen {

void emit_stmt(Frame& frame, const ir::Stmt& stmt);

}  // namespace loopglass::codegen
