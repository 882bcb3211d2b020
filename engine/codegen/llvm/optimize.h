// LLVM's passes and its code generator, over one module.
#pragma once

#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include "engine/codegen/kernel.h"

namespace loopglass::codegen {

// `slp`: whether straight code may become vectors.
void optimize(llvm::Module& module, llvm::TargetMachine& machine, Effort effort, bool slp);

// The module as an object file, or as assembly text. The module is changed: not to be used again.
using Bytes = llvm::SmallVector<char, 0>;
Bytes generate(llvm::Module& module, llvm::TargetMachine& machine, llvm::CodeGenFileType type, Effort effort = Effort::Full);

}  // namespace loopglass::codegen
