// The simplifier against what TVM gave (tests/cases/arith/simplify_*.txt), and against evaluation.
#include <gtest/gtest.h>

#include <random>

#include "engine/arith/analyzer.h"
#include "engine/ir/stmt.h"
#include "tests/arith/cases.h"
#include "tests/arith/evaluate.h"

namespace loopglass::arith_test {
namespace {

using arith::Analyzer;
using arith::ConstIntBound;

void bind_all(Analyzer& analyzer, const std::vector<CaseVar>& vars) {
  for (const CaseVar& v : vars)
    if (v.extent) analyzer.bind(v.var, ir::Range{ir::make_int(0, v.var->dtype), ir::make_int(*v.extent, v.var->dtype)});
}

std::string bound_text(ConstIntBound bound) {
  const auto show = [](int64_t x) {
    return x == ConstIntBound::kPosInf ? "inf" : x == ConstIntBound::kNegInf ? "-inf" : std::to_string(x);
  };
  return show(bound.min) + " " + show(bound.max);
}

TEST(Simplify, GivesWhatTvmGives) {
  size_t compared = 0;
  for (const CaseLine& line : read_cases("simplify_")) {
    const std::vector<CaseVar> vars = parse_vars(line.fields[0]);
    const ir::Expr e = parse_expr(line.fields[1], table_of(vars));
    Analyzer analyzer;
    bind_all(analyzer, vars);
    EXPECT_EQ(to_text(analyzer.simplify(e)), line.fields[2]) << line.place << ": simplify " << line.fields[0] << " | " << line.fields[1];
    EXPECT_EQ(to_text(analyzer.rewrite_simplify(e)), line.fields[3]) << line.place << ": rewrite_simplify " << line.fields[0] << " | " << line.fields[1];
    if (line.fields[4] != "bool") {
      EXPECT_EQ(bound_text(analyzer.const_int_bound(e)), line.fields[4]) << line.place << ": bound " << line.fields[0] << " | " << line.fields[1];
    }
    ++compared;
  }
  EXPECT_GT(compared, 500u);
}

TEST(Simplify, KeepsTheValue) {
  std::mt19937 random(20261123);
  for (const CaseLine& line : read_cases("simplify_")) {
    const std::vector<CaseVar> vars = parse_vars(line.fields[0]);
    const ir::Expr e = parse_expr(line.fields[1], table_of(vars));
    Analyzer analyzer;
    bind_all(analyzer, vars);
    const ir::Expr simplified = analyzer.simplify(e), rewritten = analyzer.rewrite_simplify(e);
    const ConstIntBound bound = analyzer.const_int_bound(e);
    const arith::ModularSet residues = analyzer.modular_set(e);
    for (int trial = 0; trial < 30; ++trial) {
      Assignment values;
      for (const CaseVar& v : vars) {
        const int64_t low = v.extent ? 0 : -1000, high = v.extent ? *v.extent - 1 : 1000;
        values[v.var.get()] = std::uniform_int_distribution<int64_t>(low, high)(random);
      }
      const auto value = evaluate(e, values);
      if (!value) continue;
      ASSERT_EQ(evaluate(simplified, values), value) << line.place << ": " << line.fields[1] << " -> " << to_text(simplified);
      ASSERT_EQ(evaluate(rewritten, values), value) << line.place << ": " << line.fields[1] << " -> " << to_text(rewritten);
      ASSERT_GE(*value, bound.min) << line.place;
      ASSERT_LE(*value, bound.max) << line.place;
      if (e->dtype.is_bool()) continue;
      const int64_t distance = *value - residues.base;
      ASSERT_TRUE(residues.coeff == 0 ? distance == 0 : distance % residues.coeff == 0) << line.place;
    }
  }
}

}  // namespace
}  // namespace loopglass::arith_test
