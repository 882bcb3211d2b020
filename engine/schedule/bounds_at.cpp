#include "engine/schedule/bounds_at.h"

#include "engine/ir/op.h"

namespace loopglass::schedule {
namespace {

std::optional<ir::Range> domain_in(const ir::Stmt& s, const ir::VarNode* var) {
  if (const auto* loop = ir::as<ir::For>(s); loop && loop->loop_var.get() == var) return ir::Range{loop->min, loop->extent};
  const auto* realize = ir::as<ir::BlockRealize>(s);
  if (!realize) return std::nullopt;
  for (const ir::IterVar& axis : realize->block.iter_vars)
    if (axis.var.get() == var) return ir::Range{axis.min, axis.extent};
  return std::nullopt;
}

// Bounds whose sums and products stay far from the ends of int64.
bool is_moderate(const arith::ConstIntBound& bound) { return bound.min > -(int64_t{1} << 31) && bound.max < (int64_t{1} << 31); }

}  // namespace

arith::ConstIntBound BoundsAt::operator()(const ir::Expr& e) {
  if (const auto bound = plain(e)) return *bound;
  if (!analyzer_) bind();
  return analyzer_->const_int_bound(e);
}

// Of a variable with a constant domain.
std::optional<arith::ConstIntBound> BoundsAt::of_variable(const ir::VarNode* var) const {
  for (const ir::Stmt& s : place_.upwards()) {
    const auto domain = domain_in(s, var);
    if (!domain) continue;
    const auto begin = ir::as_int(domain->min), extent = ir::as_int(domain->extent);
    if (!begin || !extent || *extent < 1) return std::nullopt;
    return arith::ConstIntBound{*begin, *begin + *extent - 1};
  }
  return std::nullopt;
}

// Of sums and products of such variables and constants.
std::optional<arith::ConstIntBound> BoundsAt::plain(const ir::Expr& e) const {
  if (const auto value = ir::as_int(e)) return arith::ConstIntBound{*value, *value};
  if (const auto* var = ir::as<ir::VarNode>(e)) return of_variable(var);
  const bool is_sum = e->kind == ir::ExprKind::Add, is_product = e->kind == ir::ExprKind::Mul;
  if (!is_sum && !is_product) return std::nullopt;
  const auto a = plain(ir::get<ir::Binary>(e).a), b = plain(ir::get<ir::Binary>(e).b);
  if (!a || !b || !is_moderate(*a) || !is_moderate(*b)) return std::nullopt;
  if (is_sum) return arith::ConstIntBound{a->min + b->min, a->max + b->max};
  if (b->min != b->max || b->min < 0) return std::nullopt;
  return arith::ConstIntBound{a->min * b->min, a->max * b->min};
}

void BoundsAt::bind() {
  analyzer_.emplace();
  for (const ir::Stmt& s : place_.chain()) {
    if (const auto* loop = ir::as<ir::For>(s)) analyzer_->bind(loop->loop_var, ir::Range{loop->min, loop->extent});
    if (const auto* realize = ir::as<ir::BlockRealize>(s))
      for (const ir::IterVar& axis : realize->block.iter_vars) analyzer_->bind(axis.var, ir::Range{axis.min, axis.extent});
  }
}

}  // namespace loopglass::schedule
