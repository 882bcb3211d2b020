// glibc's vector maths (libmvec): exp, erf, tanh and their kin on whole vectors, each lane within 4 units in the last place.
#pragma once

#include <llvm/Target/TargetMachine.h>

#include <string_view>
#include <vector>

#include "engine/codegen/llvm/operators.h"

namespace loopglass::codegen {

// How wide its vectors may be on this CPU, in bits; 0 where there is no libmvec. Call it once before files may no longer be opened.
int vector_math_bits(const llvm::TargetMachine& machine);

bool has_vector_math(std::string_view symbol, llvm::Type* element, size_t arity);

// The C library's `symbol` ("exp", "pow") on vectors of float or double with any number of lanes, in pieces of at most `bits`. Requires has_vector_math.
llvm::Value* call_vector_math(Builder& b, std::string_view symbol, const std::vector<llvm::Value*>& args, int bits);

// Tells LLVM's vectorizers which vector functions a call to the C library's `symbol` on scalars may become.
void offer_vector_math(llvm::CallInst& call, std::string_view symbol, int bits);

}  // namespace loopglass::codegen
