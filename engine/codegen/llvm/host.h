// The machine that code is made for: this one.
#pragma once

#include <llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h>
#include <llvm/Target/TargetMachine.h>

#include <memory>

namespace loopglass::codegen {

// The CPU and its features as detected, or a lesser CPU; for code at the highest level.
llvm::orc::JITTargetMachineBuilder host_target(const std::string& cpu);
// "avx512f": of the CPU itself or named besides it.
bool has_feature(const llvm::TargetMachine& machine, llvm::StringRef feature);
// What a function must be marked with so that the passes and the code generator use the whole of the CPU.
void mark_for_target(llvm::Function& function, const llvm::TargetMachine& machine);

}  // namespace loopglass::codegen
