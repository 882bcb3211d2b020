// Subspace division against what TVM gave (tests/cases/arith/subspace_*.txt), and against enumeration.
#include <gtest/gtest.h>

#include "engine/arith/subspace.h"
#include "engine/ir/visitor.h"
#include "tests/arith/cases.h"
#include "tests/arith/evaluate.h"
#include "tests/arith/iterators.h"

namespace loopglass::arith_test {
namespace {

using namespace arith;

struct Case {
  std::vector<CaseVar> vars;
  ir::Expr predicate;
  std::vector<ir::Expr> indices;
  std::optional<SubspaceDivision> division;
};

Case run(const CaseLine& line) {
  Case c{parse_vars(line.fields[0]), nullptr, {}, {}};
  const VarTable table = table_of(c.vars);
  c.predicate = parse_expr(line.fields[1], table);
  c.indices = parse_list(line.fields[4], table);
  std::vector<ir::Var> inner;
  for (const CaseVar& v : c.vars)
    if (v.is_relaxed) inner.push_back(v.var);
  Analyzer analyzer;
  c.division = subspace_divide(c.indices, ranges_of(c.vars), inner, c.predicate, level_of(line.fields[2]), analyzer, line.fields[3] == "drop");
  return c;
}

std::string division_text(const SubspaceDivision& division) {
  std::string text;
  for (const DividedIndex& d : division.indices)
    text += to_text(d.outer) + ", " + to_text(d.outer_extent) + ", " + to_text(d.inner) + ", " + to_text(d.inner_extent) + "; ";
  return text + to_text(division.outer_predicate) + ", " + to_text(division.inner_predicate);
}

std::string show(const CaseLine& line) {
  return line.place + ": " + line.fields[0] + " | " + line.fields[1] + " | " + line.fields[2] + " | " + line.fields[3] + " | " + line.fields[4];
}

TEST(Subspace, GivesWhatTvmGives) {
  size_t compared = 0;
  for (const CaseLine& line : read_cases("subspace_")) {
    const Case c = run(line);
    EXPECT_EQ(c.division ? division_text(*c.division) : "none", line.fields[5]) << show(line);
    ++compared;
  }
  EXPECT_GT(compared, 100u);
}

// index = outer * inner_extent + inner; each side uses its own iterators alone and stays below its extent; both predicates hold where the
// predicate does.
TEST(Subspace, DividesTheIndices) {
  for (const CaseLine& line : read_cases("subspace_")) {
    const Case c = run(line);
    if (!c.division) continue;
    const auto uses = [&](const ir::Expr& e, bool inner) {
      return ir::uses_var(e, [&](const ir::VarNode* v) {
        return std::any_of(c.vars.begin(), c.vars.end(), [&](const CaseVar& known) { return known.var.get() == v && known.is_relaxed == inner; });
      });
    };
    for (const DividedIndex& d : c.division->indices) EXPECT_TRUE(!uses(d.outer, true) && !uses(d.inner, false)) << show(line);
    EXPECT_TRUE(!uses(c.division->outer_predicate, true) && !uses(c.division->inner_predicate, false)) << show(line);
    for_each_assignment(c.vars, [&](const Assignment& values) {
      if (!*evaluate(c.predicate, values)) return;
      EXPECT_TRUE(*evaluate(c.division->outer_predicate, values) && *evaluate(c.division->inner_predicate, values)) << show(line);
      for (size_t i = 0; i < c.indices.size(); ++i) {
        const DividedIndex& d = c.division->indices[i];
        const int64_t outer = *evaluate(d.outer, values), inner_extent = *evaluate(d.inner_extent, values);
        ASSERT_EQ(outer * inner_extent + *evaluate(d.inner, values), *evaluate(c.indices[i], values)) << show(line);
        ASSERT_TRUE(outer >= 0 && outer < *evaluate(d.outer_extent, values)) << show(line);
      }
    });
  }
}

}  // namespace
}  // namespace loopglass::arith_test
