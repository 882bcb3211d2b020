// The value of an index or a condition for given values of its variables.
#pragma once

#include <optional>
#include <unordered_map>

#include "engine/ir/expr.h"

namespace loopglass::measure {

using Environment = std::unordered_map<const ir::VarNode*, int64_t>;

// Integers and bools (0, 1), as TensorIR evaluates them. Nothing where a variable has no value, a buffer is read, something is divided by zero,
// or an operator is none of integer arithmetic, comparison and logic. `likely` is looked through.
std::optional<int64_t> index_value(const ir::Expr& e, const Environment& values);

}  // namespace loopglass::measure
