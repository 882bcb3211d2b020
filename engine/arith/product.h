// Products as lists of factors.
#pragma once

#include <functional>

#include "engine/ir/expr.h"

namespace loopglass::arith {

// Calls f for the factors of nested products, left to right; once for what is no product.
void for_each_factor(const ir::Expr& e, const std::function<void(const ir::Expr&)>& f);

// a * b as ((x * y) * z) * constant: the factors in order, their constants gathered at the end.
ir::Expr multiply_factors(const ir::Expr& a, const ir::Expr& b);

}  // namespace loopglass::arith
