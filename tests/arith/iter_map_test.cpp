// Iterator maps and regions against what TVM gave (tests/cases/arith/iter_map_*.txt, region_*.txt), and against enumeration.
#include <gtest/gtest.h>

#include <set>

#include "engine/arith/iter_map.h"
#include "engine/arith/region.h"
#include "tests/arith/cases.h"
#include "tests/arith/evaluate.h"
#include "tests/arith/iterators.h"

namespace loopglass::arith_test {
namespace {

using namespace arith;

struct MapCase {
  std::vector<CaseVar> vars;
  ir::Expr predicate;
  IterMapLevel level;
  std::vector<ir::Expr> indices;
};
MapCase parse_map_case(const CaseLine& line) {
  MapCase c{parse_vars(line.fields[0]), nullptr, level_of(line.fields[2]), {}};
  const VarTable table = table_of(c.vars);
  c.predicate = parse_expr(line.fields[1], table);
  c.indices = parse_list(line.fields[3], table);
  return c;
}

// With those in which we differ from TVM on purpose (differs_*.txt says why).
std::vector<CaseLine> read_with_differing(const std::string& kind) {
  std::vector<CaseLine> cases = read_cases(kind), differing = read_cases("differs_" + kind);
  cases.insert(cases.end(), differing.begin(), differing.end());
  return cases;
}

std::string show(const CaseLine& line) { return line.place + ": " + line.fields[0] + " | " + line.fields[1] + " | " + line.fields[2] + " | " + line.fields[3]; }

TEST(IterMap, GivesWhatTvmGives) {
  size_t compared = 0;
  for (const CaseLine& line : read_cases("iter_map_")) {
    const MapCase c = parse_map_case(line);
    Analyzer analyzer;
    const IterMapResult found = detect_iter_map(c.indices, ranges_of(c.vars), c.predicate, c.level, analyzer);
    EXPECT_EQ(found.indices.empty() ? "none" : "found", line.fields[4]) << show(line);
    EXPECT_EQ(found.indices.empty(), !found.errors.empty()) << show(line);
    const std::vector<ir::Expr> simplified = iter_map_simplify(c.indices, ranges_of(c.vars), c.predicate, c.level, analyzer);
    EXPECT_EQ(list_text(simplified), line.fields[5]) << show(line);
    ++compared;
  }
  EXPECT_GT(compared, 100u);
}

TEST(IterMap, KeepsTheValueWhereThePredicateHolds) {
  for (const CaseLine& line : read_with_differing("iter_map_")) {
    const MapCase c = parse_map_case(line);
    Analyzer analyzer;
    const std::vector<ir::Expr> simplified = iter_map_simplify(c.indices, ranges_of(c.vars), c.predicate, c.level, analyzer);
    for_each_assignment(c.vars, [&](const Assignment& values) {
      if (!*evaluate(c.predicate, values)) return;
      for (size_t i = 0; i < simplified.size(); ++i) ASSERT_EQ(evaluate(simplified[i], values), evaluate(c.indices[i], values)) << show(line);
    });
  }
}

TEST(IterMap, BijectiveMapsAreBijective) {
  for (const CaseLine& line : read_with_differing("iter_map_")) {
    const MapCase c = parse_map_case(line);
    Analyzer analyzer;
    if (c.level != IterMapLevel::Bijective || !ir::is_one(c.predicate)) continue;
    if (detect_iter_map(c.indices, ranges_of(c.vars), c.predicate, c.level, analyzer).indices.empty()) continue;
    std::set<std::vector<int64_t>> images;
    size_t assignments = 0;
    for_each_assignment(c.vars, [&](const Assignment& values) {
      std::vector<int64_t> image;
      for (const ir::Expr& index : c.indices) image.push_back(*evaluate(index, values));
      images.insert(image);
      ++assignments;
    });
    EXPECT_EQ(images.size(), assignments) << show(line);
  }
}

std::string set_text(const IntSet& set) {
  if (set.is_nothing) return "pos_inf, neg_inf";
  return (set.min ? to_text(set.min) : "neg_inf") + ", " + (set.max ? to_text(set.max) : "pos_inf");
}
std::string sets_text(const std::vector<IntSet>& sets) {
  std::string text;
  for (const IntSet& set : sets) text += (text.empty() ? "" : "; ") + set_text(set);
  return text;
}

struct RegionCase {
  std::vector<CaseVar> vars;
  ir::Expr predicate;
  std::vector<ir::Range> region;
};
RegionCase parse_region_case(const CaseLine& line) {
  RegionCase c{parse_vars(line.fields[0]), nullptr, {}};
  const VarTable table = table_of(c.vars);
  c.predicate = parse_expr(line.fields[1], table);
  for (const std::string& part : split_text(line.fields[2], ';')) {
    const std::vector<std::string> ends = split_text(part, ',');
    c.region.push_back({parse_expr(ends[0], table), parse_expr(ends[1], table)});
  }
  return c;
}
void bind_all(Analyzer& analyzer, const std::vector<CaseVar>& vars) {
  for (const auto& [var, range] : ranges_of(vars)) analyzer.bind(var, range);
}

TEST(Region, GivesWhatTvmGives) {
  size_t compared = 0;
  for (const CaseLine& line : read_cases("region_")) {
    const RegionCase c = parse_region_case(line);
    Analyzer analyzer;
    bind_all(analyzer, c.vars);
    const VarRanges relaxed = ranges_of(c.vars, true);
    const auto strict = estimate_region_strict_bound(c.region, relaxed, c.predicate, analyzer);
    const std::string where = line.place + ": " + line.fields[0] + " | " + line.fields[1] + " | " + line.fields[2];
    EXPECT_EQ(strict ? sets_text(*strict) : "none", line.fields[3]) << where;
    EXPECT_EQ(sets_text(estimate_region_upper_bound(c.region, relaxed, c.predicate, analyzer)), line.fields[4]) << where;
    ++compared;
  }
  EXPECT_GT(compared, 100u);
}

TEST(IntSet, GivesWhatTvmGives) {
  size_t compared = 0;
  for (const CaseLine& line : read_cases("int_set_")) {
    const std::vector<CaseVar> vars = parse_vars(line.fields[0]);
    const ir::Expr e = parse_expr(line.fields[1], table_of(vars));
    const IntSet set = eval_set(e, as_int_set(ranges_of(vars, true)));
    Analyzer analyzer;
    const IntSet simplified{set.min ? analyzer.simplify(set.min) : nullptr, set.max ? analyzer.simplify(set.max) : nullptr};
    EXPECT_EQ(set_text(simplified), line.fields[2]) << line.place << ": " << line.fields[0] << " | " << line.fields[1];
    ++compared;
  }
  EXPECT_GT(compared, 100u);
}

TEST(Region, UpperBoundCoversAllThatIsTouched) {
  for (const CaseLine& line : read_with_differing("region_")) {
    const RegionCase c = parse_region_case(line);
    Analyzer analyzer;
    bind_all(analyzer, c.vars);
    const std::vector<IntSet> bound = estimate_region_upper_bound(c.region, ranges_of(c.vars, true), c.predicate, analyzer);
    for_each_assignment(c.vars, [&](const Assignment& values) {
      if (!*evaluate(c.predicate, values)) return;
      for (size_t i = 0; i < bound.size(); ++i) {
        const int64_t first = *evaluate(c.region[i].min, values), last = first + *evaluate(c.region[i].extent, values) - 1;
        if (bound[i].min) { ASSERT_LE(*evaluate(bound[i].min, values), first) << line.place; }
        if (bound[i].max) { ASSERT_GE(*evaluate(bound[i].max, values), last) << line.place; }
      }
    });
  }
}

}  // namespace
}  // namespace loopglass::arith_test
