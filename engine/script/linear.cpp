#include "engine/script/linear.h"

#include <vector>

#include "engine/ir/op.h"
#include "engine/ir/structural_equal.h"

namespace loopglass::script {
namespace {

using ir::Expr;
using ir::ExprKind;

// A sum of constant multiples of expressions that are no sums themselves, in the order of their first appearance.
struct Sum {
  struct Term {
    Expr base;
    int64_t factor;
  };
  std::vector<Term> terms;
  int64_t constant = 0;

  void add_term(const Expr& base, int64_t factor) {
    for (Term& term : terms) {
      if (!ir::structural_equal(term.base, base)) continue;
      term.factor += factor;
      return;
    }
    terms.push_back({base, factor});
  }

  void add(const Expr& e, int64_t factor) {
    if (const auto value = ir::as_int(e)) {
      constant += *value * factor;
      return;
    }
    if (const auto* b = ir::as<ir::Binary>(e)) {
      if (b->kind == ExprKind::Add || b->kind == ExprKind::Sub) {
        add(b->a, factor);
        add(b->b, b->kind == ExprKind::Add ? factor : -factor);
        return;
      }
      if (b->kind == ExprKind::Mul) {
        if (const auto value = ir::as_int(b->b)) return add(b->a, factor * *value);
        if (const auto value = ir::as_int(b->a)) return add(b->b, factor * *value);
      }
    }
    add_term(e, factor);
  }
};

}  // namespace

Expr difference(const Expr& to, const Expr& from) {
  const auto type = ir::common_type(to->dtype, from->dtype);
  if (!type || !type->is_int()) return ir::sub(to, from);
  if (ir::is_zero(from)) return ir::cast(*type, to);
  // `min:min + extent` is how a region is printed: the extent comes back as it was.
  if (const auto* sum = ir::as<ir::Binary>(to); sum && sum->kind == ExprKind::Add && ir::structural_equal(sum->a, from)) return ir::cast(*type, sum->b);
  Sum sum;
  sum.add(to, 1);
  sum.add(from, -1);
  Expr result;
  const auto append = [&](const Expr& base, int64_t factor) {
    const Expr part = ir::mul(ir::cast(*type, base), ir::make_int(factor < 0 ? -factor : factor, *type));
    if (!result) {
      result = factor < 0 ? ir::mul(ir::cast(*type, base), ir::make_int(factor, *type)) : part;
    } else {
      result = factor < 0 ? ir::sub(result, part) : ir::add(result, part);
    }
  };
  // As TVM's canonical form orders a sum: positive terms, a positive constant, negative terms, a negative constant.
  for (const Sum::Term& term : sum.terms)
    if (term.factor > 0) append(term.base, term.factor);
  const bool has_constant = sum.constant > 0;
  if (has_constant) result = result ? ir::add(result, ir::make_int(sum.constant, *type)) : ir::make_int(sum.constant, *type);
  for (const Sum::Term& term : sum.terms)
    if (term.factor < 0) append(term.base, term.factor);
  if (!result) return ir::make_int(sum.constant, *type);
  if (has_constant || sum.constant == 0) return result;
  return sum.constant < 0 ? ir::sub(result, ir::make_int(-sum.constant, *type)) : ir::add(result, ir::make_int(sum.constant, *type));
}

}  // namespace loopglass::script
