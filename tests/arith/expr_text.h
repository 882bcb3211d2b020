// Expressions as the recorded cases write them: (// (+ (* i 16) j) 4), with every operator in parentheses, so that the text is the tree.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "engine/ir/expr.h"

namespace loopglass::arith_test {

using VarTable = std::map<std::string, ir::Var, std::less<>>;

// Reads one expression; numbers have the type of the table's variables ("int32" where there are none), true and false are bool.
ir::Expr parse_expr(std::string_view text, const VarTable& vars);
std::string to_text(const ir::Expr& e);

}  // namespace loopglass::arith_test
