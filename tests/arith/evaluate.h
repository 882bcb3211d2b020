// The value of an integer expression under an assignment: the tests' own, slow and obvious.
#pragma once

#include <map>
#include <optional>

#include "engine/ir/expr.h"

namespace loopglass::arith_test {

using Assignment = std::map<const ir::VarNode*, int64_t>;

// Nothing where it divides by zero.
std::optional<int64_t> evaluate(const ir::Expr& e, const Assignment& values);

}  // namespace loopglass::arith_test
