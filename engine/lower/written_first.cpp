#include "engine/lower/written_first.h"

#include <algorithm>

#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/structural_equal.h"
#include "engine/ir/visitor.h"
#include "engine/lower/footprint.h"

namespace loopglass::lower {

using namespace ir;

namespace {

// How many scopes two accesses share: the first that differs in statement or child ends it.
size_t shared_depth(const Access& a, const Access& b) {
  size_t depth = 0;
  while (depth < a.scopes.size() && depth < b.scopes.size() && a.scopes[depth].stmt == b.scopes[depth].stmt &&
         a.scopes[depth].child == b.scopes[depth].child)
    ++depth;
  return depth;
}

bool is_conditional_scope(const Scope& scope) {
  return scope.stmt->kind == StmtKind::IfThenElse || scope.stmt->kind == StmtKind::While;
}

// Below what both share, the store runs always.
bool runs_always(const Access& store, size_t from) {
  for (size_t i = from; i < store.scopes.size(); ++i) {
    if (is_conditional_scope(store.scopes[i])) return false;
    if (store.scopes[i].stmt->kind != StmtKind::For) continue;
    const For& loop = *static_cast<const For*>(store.scopes[i].stmt);
    if (as_int(loop.extent).value_or(0) <= 0) return false;
  }
  return true;
}

// The elements that `store` writes in one execution of what both share cover those that `load` reads there.
bool covers(const Access& store, const Access& load, size_t shared) {
  const Surroundings of_store = surroundings(store, shared), of_load = surroundings(load, shared);
  std::vector<const VarNode*> used;
  for (size_t d = 0; d < store.indices->size(); ++d) {
    const auto written = span_of((*store.indices)[d], of_store.runners, of_store.inner);
    const auto read = span_of((*load.indices)[d], of_load.runners, of_load.inner);
    if (!written || !read || !written->is_dense) return false;
    // Two dimensions that run together cover a diagonal, not a box.
    for (const Runner& runner : of_store.runners)
      if (uses_var((*store.indices)[d], [&](const VarNode* var) { return var == runner.var; })) {
        if (std::ranges::find(used, runner.var) != used.end()) return false;
        used.push_back(runner.var);
      }
    const auto below = difference(read->low, written->low), above = difference(written->high, read->high);
    if (!below || !above || *below < 0 || *above < 0) return false;
  }
  return true;
}

bool same_indices(const Access& a, const Access& b) {
  return std::ranges::equal(*a.indices, *b.indices, [](const Expr& x, const Expr& y) { return structural_equal(x, y); });
}

// The loops whose first iteration a condition asks for, where it asks for nothing else: `k_0 == 0 and k_1 == 0`, `k_0 * 4 + k_1 == 0`.
// `loops`: candidates with constant minimum. Nothing where it is of another form.
std::optional<std::vector<const VarNode*>> first_iterations(const Expr& condition, const std::vector<Runner>& loops) {
  std::vector<const VarNode*> asked;
  VarMap at_start;
  bool only_loops = true;
  for_each_expr(condition, [&](const Expr& e) {
    if (e->kind == ExprKind::BufferLoad || e->kind == ExprKind::Call) only_loops = false;
    const VarNode* var = as<VarNode>(e);
    if (!var) return;
    const auto loop = std::ranges::find_if(loops, [&](const Runner& r) { return r.var == var; });
    if (loop == loops.end()) only_loops = false;
    else if (at_start.try_emplace(var, make_int(loop->min, var->dtype)).second) asked.push_back(var);
  });
  if (!only_loops || as_int(substitute(condition, at_start, true)) != 1) return std::nullopt;
  return asked;
}

// An accumulation: `if k == 0: Y[i] = 0` before `Y[i] = Y[i] + ...` in the same loops. Of all iterations with the same element the one with
// the asked loops at their start comes first, as the element does not depend on them.
bool starts_accumulation(const Access& store, const Access& load, size_t depth, size_t shared) {
  if (!same_indices(store, load)) return false;
  std::optional<Expr> condition;
  for (size_t i = shared; i < store.scopes.size(); ++i) {
    const Scope& scope = store.scopes[i];
    if (scope.stmt->kind == StmtKind::For || scope.stmt->kind == StmtKind::While) return false;
    if (scope.stmt->kind != StmtKind::IfThenElse) continue;
    if (condition || scope.child != 0) return false;
    condition = static_cast<const IfThenElse*>(scope.stmt)->condition;
  }
  for (size_t i = shared; i < load.scopes.size(); ++i)
    if (load.scopes[i].stmt->kind == StmtKind::For) return false;
  // Conditions around both could leave out the first iteration alone.
  for (size_t i = depth; i < shared; ++i)
    if (is_conditional_scope(store.scopes[i])) return false;
  if (!condition) return false;
  Access around = store;
  around.scopes.resize(shared);
  const auto asked = first_iterations(*condition, surroundings(around, depth).runners);
  if (!asked) return false;
  return std::ranges::none_of(*store.indices, [&](const Expr& index) {
    return uses_var(index, [&](const VarNode* var) { return std::ranges::find(*asked, var) != asked->end(); });
  });
}

bool is_preceded(const std::vector<Access>& accesses, size_t load, size_t depth) {
  for (size_t w = 0; w < accesses.size(); ++w) {
    const Access& store = accesses[w];
    if (!store.is_write || store.is_conditional || w >= load) continue;
    const size_t shared = shared_depth(store, accesses[load]);
    if (shared < depth) continue;
    // In one statement the loads come first.
    if (shared == store.scopes.size()) continue;
    if (runs_always(store, shared) && covers(store, accesses[load], shared)) return true;
    if (starts_accumulation(store, accesses[load], depth, shared)) return true;
  }
  return false;
}

}  // namespace

bool is_written_first(const std::vector<Access>& accesses, size_t depth) {
  for (size_t i = 0; i < accesses.size(); ++i)
    if (!accesses[i].is_write && !is_preceded(accesses, i, depth)) return false;
  return true;
}

}  // namespace loopglass::lower
