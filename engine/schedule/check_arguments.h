// Whether the arguments of a step are what its primitive's ParamSpecs ask for, before anything is looked up or applied.
#pragma once

#include "engine/schedule/primitive.h"

namespace loopglass::schedule {

// The arguments in the parameters' order with defaults filled in and 0 / 1 read as a Bool's value.
// Errors: BadArgument naming the parameter, what it takes and what it got.
Result<std::vector<Value>> check_arguments(const PrimitiveSpec& primitive, std::vector<Value> args);

// A value as Python writes it: `None`, `[None, 4]`, `"x"`, `l3`.
std::string to_python(const Value& value);

}  // namespace loopglass::schedule
