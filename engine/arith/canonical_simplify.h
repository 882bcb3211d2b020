// Simplification through the canonical form (canonical_form.h), with the rewrite rules for all else.
#pragma once

#include "engine/arith/canonical_form.h"
#include "engine/arith/rewrite_simplify.h"

namespace loopglass::arith {

class CanonicalSimplifier : public RewriteSimplifier {
 public:
  using RewriteSimplifier::RewriteSimplifier;

  ir::Expr operator()(const ir::Expr& e) { return visit(e); }
  ir::Expr visit(const ir::Expr& e) override { return to_expr(canonicalize(e)); }

 private:
  CanonicalForm canonicalize(const ir::Expr& e);
  CanonicalForm canonicalize_sum(const ir::Binary& op);
  CanonicalForm canonicalize_product(const ir::Binary& op);
  CanonicalForm canonicalize_quotient(const ir::Binary& op, bool floors);
  CanonicalForm canonicalize_remainder(const ir::Binary& op, bool floors);
  CanonicalForm canonicalize_cast(const ir::Expr& e);
  CanonicalForm canonicalize_less(const ir::Expr& e);

  CanonicalForm divide_by_constant(const CanonicalForm& a, int64_t divisor, bool floors);
  SumForm divide_sum(SumForm divisible, const SumForm& rest, int64_t divisor);
  std::optional<ir::Expr> divide_remainder(const SplitForm& a, int64_t divisor);
  SplitForm divide_split(SplitForm a, int64_t divisor, bool floors);
  CanonicalForm remainder_by_constant(const CanonicalForm& a, int64_t divisor, bool floors);
  CanonicalForm remainder_of_sum_floored(const SumForm& a, int64_t divisor);
  CanonicalForm remainder_of_sum_truncated(SumForm a, int64_t divisor);
  SplitForm remainder_of_split(SplitForm a, int64_t divisor, bool floors);
};

}  // namespace loopglass::arith
