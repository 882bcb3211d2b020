// lower::kByteDot in LLVM IR: VNNI's vpdpbusd where the CPU has it, else products and sums of 32 bits.
#pragma once

#include <llvm/Target/TargetMachine.h>

#include "engine/codegen/llvm/operators.h"

namespace loopglass::codegen {

// sum + four . groups of four, a vector of `sum`'s lanes: `four` has four bytes, `many` four for each lane; `four_is_unsigned` says which of them is.
llvm::Value* emit_byte_dot(Builder& b, llvm::Value* sum, llvm::Value* four, llvm::Value* many, bool four_is_unsigned, const llvm::TargetMachine& machine);

// The instruction that an LLVM intrinsic of x86 stands for ("llvm.x86.avx512.vpdpbusd.512"), where the CPU has it; else not_intrinsic.
llvm::Intrinsic::ID native_intrinsic(const std::string& name, const llvm::TargetMachine& machine);

}  // namespace loopglass::codegen
