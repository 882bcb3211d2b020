// Giving symbolic shapes and scalar parameters a value.
#pragma once

#include "engine/ir/module.h"
#include "engine/support/result.h"

namespace loopglass::ir {

// Replaces, in every function that has one of that name, a scalar parameter or a variable of a parameter's shape by its value; a scalar
// parameter goes from the parameters. Error: BadArgument for a name that no function has.
Result<Module> specialize(const Module& module, const std::map<std::string, int64_t>& values);

}  // namespace loopglass::ir
