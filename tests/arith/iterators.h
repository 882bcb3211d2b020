// Index lists over iterators, as the recorded cases write them, and going through all values of the iterators.
#pragma once

#include <functional>

#include "engine/arith/iter_map.h"
#include "tests/arith/cases.h"
#include "tests/arith/evaluate.h"

namespace loopglass::arith_test {

arith::VarRanges ranges_of(const std::vector<CaseVar>& vars, bool relaxed_alone = false);
// Expressions between semicolons.
std::vector<ir::Expr> parse_list(const std::string& text, const VarTable& table);
std::string list_text(const std::vector<ir::Expr>& exprs);
arith::IterMapLevel level_of(const std::string& name);
// Calls f for every assignment of the variables, where there are few enough.
void for_each_assignment(const std::vector<CaseVar>& vars, const std::function<void(const Assignment&)>& f);

}  // namespace loopglass::arith_test
