// The LLVM intrinsics that tensor intrinsics are written with, by what they compute: the interpreter's meaning of them, and the code for CPUs that lack them.
#pragma once

#include <string>
#include <vector>

#include "engine/ir/expr.h"

namespace loopglass::ir {

// T.call_llvm_pure_intrin(type, name, operands...).
inline constexpr const char* kLlvmPureIntrinsic = "call_llvm_pure_intrin";

// "llvm.x86.avx512.vpdpbusd.512"; empty where the call has no name.
std::string llvm_intrinsic_name(const Call& call);
// The call's value in TensorIR's own operators, each operand evaluated once, in order; null where the intrinsic is not known, or the types are not its.
// Known: dot products and pairwise sums of bytes and words of x86 (vpdpbusd, pmaddubs.w, pmadd.ub.sw, pmaddw.d, pmadd.wd) and of ARM (sdot, udot).
Expr expand_llvm_intrinsic(const Call& call);
// Their names, for messages.
std::vector<std::string> known_llvm_intrinsics();

}  // namespace loopglass::ir
