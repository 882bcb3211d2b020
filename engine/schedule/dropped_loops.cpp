#include "engine/schedule/dropped_loops.h"

#include <algorithm>

#include "engine/ir/op.h"
#include "engine/ir/visitor.h"

namespace loopglass::schedule {

ir::Expr remaining_predicate(const ir::Expr& predicate, const std::vector<ir::Var>& dropped) {
  if (predicate->kind == ir::ExprKind::And) {
    const ir::Binary& both = ir::get<ir::Binary>(predicate);
    return ir::logical_and(remaining_predicate(both.a, dropped), remaining_predicate(both.b, dropped));
  }
  const bool needs_dropped = ir::uses_var(predicate, [&](const ir::VarNode* used) {
    return std::any_of(dropped.begin(), dropped.end(), [&](const ir::Var& v) { return v.get() == used; });
  });
  return needs_dropped ? ir::make_bool(true) : predicate;
}

}  // namespace loopglass::schedule
