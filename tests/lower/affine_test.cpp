#include "engine/lower/affine.h"

#include <gtest/gtest.h>

#include "engine/ir/op.h"
#include "engine/ir/structural_equal.h"

namespace loopglass::lower {
namespace {

using namespace ir;

const Var i = make_var("i"), j = make_var("j");
Expr n(int64_t value) { return make_int(value); }
Expr raw(ExprKind kind, Expr a, Expr b) { return make_binary(kind, std::move(a), std::move(b)); }

TEST(Affine, CollectsTerms) {
  const Affine sum = affine_of(raw(ExprKind::Add, raw(ExprKind::Mul, raw(ExprKind::Sub, i, j), n(4)), raw(ExprKind::Add, i, n(3))));
  ASSERT_EQ(sum.terms.size(), 2u);
  EXPECT_EQ(coefficient_of(sum, i), 5);
  EXPECT_EQ(coefficient_of(sum, j), -4);
  EXPECT_EQ(sum.constant, 3);
}

TEST(Affine, KeepsWhatIsNoSumWhole) {
  const Expr quotient = raw(ExprKind::FloorDiv, i, n(4)), same = raw(ExprKind::FloorDiv, i, n(4));
  const Affine sum = affine_of(raw(ExprKind::Sub, raw(ExprKind::Mul, quotient, n(4)), raw(ExprKind::Mul, same, n(4))));
  EXPECT_TRUE(sum.terms.empty());
  EXPECT_EQ(difference(affine_of(raw(ExprKind::Add, quotient, n(7))), affine_of(same)), 7);
  EXPECT_FALSE(difference(affine_of(i), affine_of(j)));
}

TEST(Affine, LeavesHugeCoefficientsAlone) {
  const Expr huge = raw(ExprKind::Mul, make_var("x", kInt64), make_int(INT64_MAX, kInt64));
  const Affine sum = affine_of(raw(ExprKind::Add, huge, huge));
  EXPECT_EQ(sum.constant, 0);
  for (const Term& term : sum.terms) EXPECT_LE(std::abs(term.coefficient), 2);
}

TEST(Affine, BecomesAnExpressionAgain) {
  const Affine sum = affine_of(raw(ExprKind::Sub, raw(ExprKind::Mul, i, n(4)), raw(ExprKind::Add, j, n(2))));
  EXPECT_TRUE(structural_equal(to_expr(sum, kInt32), add(sub(mul(i, n(4)), j), n(-2))));
}

}  // namespace
}  // namespace loopglass::lower
