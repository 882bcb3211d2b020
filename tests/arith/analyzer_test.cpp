// What an Analyzer is told, and what follows; linear equations; proofs over bounded variables.
#include <gtest/gtest.h>

#include "engine/arith/affine.h"
#include "engine/arith/analyzer.h"
#include "engine/arith/int_set.h"
#include "engine/ir/op.h"
#include "tests/arith/expr_text.h"

namespace loopglass::arith_test {
namespace {

using namespace arith;

class AnalyzerTest : public testing::Test {
 protected:
  ir::Expr e(const char* text) const { return parse_expr(text, table); }
  std::string simplified(const char* text) const { return to_text(analyzer.simplify(e(text))); }
  bool proves(const char* text, ProofStrength strength = ProofStrength::Default) const { return analyzer.can_prove(e(text), strength); }
  void bind(const ir::Var& var, int64_t extent) { analyzer.bind(var, ir::Range{ir::make_int(0), ir::make_int(extent)}); }

  const ir::Var i = ir::make_var("i"), j = ir::make_var("j"), n = ir::make_var("n");
  const VarTable table{{"i", i}, {"j", j}, {"n", n}};
  Analyzer analyzer;
};

TEST_F(AnalyzerTest, KnowsDomains) {
  bind(i, 16);
  EXPECT_EQ(simplified("(// i 16)"), "0");
  EXPECT_EQ(simplified("(< i 16)"), "true");
  EXPECT_EQ(simplified("(< i 15)"), "(< i 15)");
  EXPECT_EQ(simplified("(// (+ (* j 16) i) 16)"), "j");
}

TEST_F(AnalyzerTest, ASecondBindReplacesTheFirst) {
  analyzer.bind(i, ir::make_int(3));
  EXPECT_EQ(simplified("(+ i 1)"), "4");
  bind(i, 16);
  EXPECT_EQ(simplified("(+ i 1)"), "(+ i 1)");
  EXPECT_FALSE(proves("(< i 15)"));
}

TEST_F(AnalyzerTest, ADomainOfOneValueIsTheValue) {
  bind(i, 1);
  EXPECT_EQ(simplified("(+ (* i 4) j)"), "j");
}

TEST_F(AnalyzerTest, KnowsValues) {
  analyzer.bind(i, e("(+ (* j 4) 1)"));
  EXPECT_EQ(simplified("(% i 4)"), "1");
  EXPECT_EQ(simplified("(// i 4)"), "j");
}

TEST_F(AnalyzerTest, ForgetsConditionsWithTheirScope) {
  bind(i, 64);
  {
    const Analyzer::Scope outer = analyzer.assume(e("(< i 8)"));
    EXPECT_TRUE(proves("(< i 8)"));
    EXPECT_EQ(simplified("(// i 8)"), "0");
    {
      const Analyzer::Scope inner = analyzer.assume(e("(and (<= 4 i) (== (% i 4) 0))"));
      EXPECT_TRUE(proves("(>= i 4)"));
    }
    EXPECT_FALSE(proves("(>= i 4)"));
    EXPECT_TRUE(proves("(< i 8)"));
  }
  EXPECT_FALSE(proves("(< i 8)"));
  EXPECT_EQ(simplified("(// i 8)"), "(// i 8)");
}

TEST_F(AnalyzerTest, KnowsResiduesInAScope) {
  const Analyzer::Scope scope = analyzer.assume(e("(== (% i 4) 3)"));
  EXPECT_EQ(simplified("(% (+ i 1) 4)"), "0");
  EXPECT_EQ(analyzer.modular_set(e("(* i 2)")).coeff, 8);
  EXPECT_EQ(analyzer.modular_set(e("(* i 2)")).base, 6);
}

TEST_F(AnalyzerTest, TakesExtentsForNonNegative) {
  EXPECT_FALSE(proves("(>= n 0)"));
  analyzer.mark_global_non_neg(n);
  EXPECT_TRUE(proves("(>= n 0)"));
  EXPECT_EQ(simplified("(// (* n 4) n)"), "4");
}

TEST_F(AnalyzerTest, ProvesBySymbolicBounds) {
  analyzer.bind(i, ir::Range{ir::make_int(0), n});
  EXPECT_TRUE(proves("(< (+ i 1) (+ n 1))", ProofStrength::SymbolicBound));
  EXPECT_FALSE(proves("(< (+ i 1) n)", ProofStrength::SymbolicBound));
}

// No rule knows that squares leave 0 or 1 modulo 4; of sixteen values it shows.
TEST_F(AnalyzerTest, ProvesByGoingThroughTheValues) {
  EXPECT_FALSE(proves("(< (% (* i i) 4) 2)", ProofStrength::SymbolicBound));
  bind(i, 16);
  EXPECT_FALSE(proves("(< (% (* i i) 4) 2)"));
  EXPECT_TRUE(proves("(< (% (* i i) 4) 2)", ProofStrength::SymbolicBound));
  EXPECT_FALSE(proves("(< (% (* i i) 4) 1)", ProofStrength::SymbolicBound));
  EXPECT_FALSE(proves("(== (// i (- i 7)) 0)", ProofStrength::SymbolicBound)) << "divides by zero at i = 7";
}

TEST_F(AnalyzerTest, RelaxesBoundVariables) {
  bind(i, 8);
  const IntSet set = analyzer.int_set(e("(+ (* n 8) i)"));
  EXPECT_EQ(to_text(analyzer.simplify(set.min)), "(* n 8)");
  EXPECT_EQ(to_text(analyzer.simplify(set.max)), "(+ (* n 8) 7)");
}

TEST_F(AnalyzerTest, FindsLinearEquations) {
  const ir::Var vars[] = {i, j};
  const auto equation = detect_linear_equation(e("(- (+ (* i 4) (* (+ j n) 2)) i)"), vars);
  ASSERT_TRUE(equation);
  EXPECT_EQ(simplified(to_text(equation->coefficients[0]).c_str()), "3");
  EXPECT_EQ(simplified(to_text(equation->coefficients[1]).c_str()), "2");
  EXPECT_EQ(simplified(to_text(equation->base).c_str()), "(* n 2)");
  EXPECT_FALSE(detect_linear_equation(e("(* i j)"), vars));
  EXPECT_FALSE(detect_linear_equation(e("(// i 2)"), vars));
  EXPECT_TRUE(detect_linear_equation(e("(// n 2)"), vars));
}

TEST_F(AnalyzerTest, FindsClipBounds) {
  const ir::Var vars[] = {i, j};
  const auto bounds = detect_clip_bound(e("(and (<= n i) (and (< (+ i 1) 16) (>= j 2)))"), vars);
  ASSERT_TRUE(bounds);
  EXPECT_EQ(to_text((*bounds)[0].min), "n");
  EXPECT_EQ(to_text((*bounds)[0].max), "14");
  EXPECT_EQ(to_text((*bounds)[1].min), "2");
  EXPECT_FALSE((*bounds)[1].max);
  EXPECT_FALSE(detect_clip_bound(e("(< (+ i j) 4)"), vars));
}

// What no schedule makes must not hang or overflow either.
TEST_F(AnalyzerTest, StandsHostileExpressions) {
  ir::Expr deep = i;
  for (int k = 0; k < 200; ++k) deep = ir::make_binary(k % 2 ? ir::ExprKind::Min : ir::ExprKind::Add, deep, k % 3 ? ir::Expr(j) : ir::make_int(k));
  analyzer.simplify(deep);
  const ir::Expr large = ir::make_int(INT64_MAX, ir::kInt64), least = ir::make_int(INT64_MIN, ir::kInt64);
  const ir::Var k = ir::make_var("k", ir::kInt64);
  for (const ir::ExprKind kind : {ir::ExprKind::Add, ir::ExprKind::Mul, ir::ExprKind::FloorDiv, ir::ExprKind::FloorMod, ir::ExprKind::Div})
    for (const ir::Expr& constant : {large, least, ir::make_int(-1, ir::kInt64), ir::make_int(0, ir::kInt64)})
      for (const ir::Expr& other : {ir::Expr(k), large, least}) {
        analyzer.simplify(ir::make_binary(kind, other, constant));
        analyzer.simplify(ir::make_binary(kind, ir::make_binary(ir::ExprKind::Mul, k, constant), constant));
      }
}

}  // namespace
}  // namespace loopglass::arith_test
