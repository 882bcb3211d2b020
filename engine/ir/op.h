// Building expressions as TVM's operators do: constants are folded, x + 0, x * 1 and the like vanish, and the two sides
// are brought to one type. What the parser and every rewrite call; `make_binary` (expr.h) is the unfolded form.
#pragma once

#include "engine/ir/expr.h"

namespace loopglass::ir {

// The type that both sides are cast to, as TVM's BinaryOpMatchTypes chooses it: float over integer over bool, then the wider, then
// the unsigned; a scalar is broadcast to a vector. Nothing where there is none (a handle, a string, different numbers of lanes).
std::optional<DataType> common_type(DataType a, DataType b);

// Requires: both sides have a common type; they are cast to it. A division by a constant zero stays as it is.
Expr add(Expr a, Expr b);
Expr sub(Expr a, Expr b);
Expr mul(Expr a, Expr b);
Expr div(Expr a, Expr b);        // truncates; of floats: the quotient
Expr truncmod(Expr a, Expr b);
Expr floordiv(Expr a, Expr b);
Expr floormod(Expr a, Expr b);
Expr min(Expr a, Expr b);
Expr max(Expr a, Expr b);
Expr eq(Expr a, Expr b);
Expr ne(Expr a, Expr b);
Expr lt(Expr a, Expr b);
Expr le(Expr a, Expr b);
Expr gt(Expr a, Expr b);
Expr ge(Expr a, Expr b);
Expr logical_and(Expr a, Expr b);
Expr logical_or(Expr a, Expr b);
Expr logical_not(Expr a);
Expr neg(Expr a);                // a * -1
Expr cast(DataType to, Expr a);  // folds constants and equal types
Expr select(Expr condition, Expr true_value, Expr false_value);
Expr if_then_else(Expr condition, Expr true_value, Expr false_value);
Expr likely(Expr condition);
// Dispatches to the functions above by kind (binary kinds alone).
Expr fold_binary(ExprKind kind, Expr a, Expr b);
// ceil(a / b) = (a + b - 1) // b, folded.
Expr ceildiv(Expr a, Expr b);

}  // namespace loopglass::ir
