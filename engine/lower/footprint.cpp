#include "engine/lower/footprint.h"

#include <algorithm>

#include "engine/ir/visitor.h"

namespace loopglass::lower {

using namespace ir;

namespace {

const Runner* find(const std::vector<Runner>& runners, const Expr& atom) {
  const auto it = std::ranges::find_if(runners, [&](const Runner& r) { return r.var == as<VarNode>(atom); });
  return it == runners.end() ? nullptr : &*it;
}

bool depends_on(const Expr& atom, const std::vector<Runner>& runners, const std::vector<const VarNode*>& inner) {
  bool loads = false;
  for_each_expr(atom, [&](const Expr& e) { loads = loads || e->kind == ExprKind::BufferLoad || e->kind == ExprKind::Call || e->kind == ExprKind::Let; });
  return loads || uses_var(atom, [&](const VarNode* var) {
    return std::ranges::find(inner, var) != inner.end() || std::ranges::any_of(runners, [&](const Runner& r) { return r.var == var; });
  });
}

// Steps of these sizes (with how often each is taken) reach every integer of their range.
bool reaches_all(std::vector<std::pair<int64_t, int64_t>> steps) {
  std::ranges::sort(steps);
  int64_t reach = 1;
  for (const auto& [size, count] : steps) {
    if (size > reach) return false;
    reach += size * (count - 1);
  }
  return true;
}

}  // namespace

std::optional<Span> span_of(const Expr& index, const std::vector<Runner>& runners, const std::vector<const VarNode*>& inner) {
  if (!index->dtype.is_scalar()) return std::nullopt;
  const Affine sum = affine_of(index);
  Span span;
  span.low.constant = span.high.constant = sum.constant;
  std::vector<std::pair<int64_t, int64_t>> steps;
  for (const Term& term : sum.terms) {
    if (const Runner* runner = find(runners, term.atom)) {
      const int64_t first = term.coefficient * runner->min, reach = term.coefficient * (runner->extent - 1);
      span.low.constant += first + std::min<int64_t>(reach, 0);
      span.high.constant += first + std::max<int64_t>(reach, 0);
      steps.emplace_back(std::abs(term.coefficient), runner->extent);
    } else if (depends_on(term.atom, runners, inner)) {
      return std::nullopt;
    } else {
      span.low.terms.push_back(term);
      span.high.terms.push_back(term);
    }
  }
  span.is_dense = reaches_all(std::move(steps));
  return span;
}

Surroundings surroundings(const Access& access, size_t from) {
  Surroundings out;
  for (size_t i = from; i < access.scopes.size(); ++i) {
    const StmtNode* s = access.scopes[i].stmt;
    if (s->kind == StmtKind::LetStmt) out.inner.push_back(static_cast<const LetStmt*>(s)->var.get());
    if (s->kind != StmtKind::For) continue;
    const For& loop = *static_cast<const For*>(s);
    const std::optional<int64_t> min = as_int(loop.min), extent = as_int(loop.extent);
    const bool is_plain = min && extent && *extent > 0 && (!loop.step || is_one(loop.step));
    if (is_plain) out.runners.push_back({loop.loop_var.get(), *min, *extent});
    else out.inner.push_back(loop.loop_var.get());
  }
  return out;
}

}  // namespace loopglass::lower
