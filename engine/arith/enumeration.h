// Proof by going through all values: the last resort for conditions over few bounded variables, where TVM asks an SMT solver.
#pragma once

#include <functional>
#include <optional>

#include "engine/arith/analyzer.h"

namespace loopglass::arith {

// Whether the condition is true for every assignment of its variables within their bounds. False as well where a variable has no bounds,
// where there are more than `limit` assignments, or where the condition holds what is no integer arithmetic.
bool holds_for_all_values(const ir::Expr& condition, const std::function<ConstIntBound(const ir::Expr& var)>& bound_of, int64_t limit);

// The condition where every variable has the least value that it can have; nothing where one has none, or the condition holds what is no
// integer arithmetic. What is false there cannot be proved.
std::optional<bool> value_at_least_values(const ir::Expr& condition, const std::function<ConstIntBound(const ir::Expr& var)>& bound_of);

}  // namespace loopglass::arith
