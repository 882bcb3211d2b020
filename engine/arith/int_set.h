// Sets of integers with symbolic ends: what an expression can be while its variables run over sets (TVM's IntSet).
#pragma once

#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/arith/analyzer.h"
#include "engine/ir/stmt.h"

namespace loopglass::arith {

// Variables with their domains, in the order in which they matter (outer loops first).
using VarRanges = std::vector<std::pair<ir::Var, ir::Range>>;

// [min, max], both inclusive. Null ends: unbounded there. A set whose ends are one pointer is a single point.
struct IntSet {
  ir::Expr min, max;
  bool is_nothing = false;

  static IntSet nothing() { return {nullptr, nullptr, true}; }
  static IntSet everything() { return {}; }
  static IntSet single_point(ir::Expr point) { return {point, point}; }
  static IntSet interval(ir::Expr min, ir::Expr max);
  static IntSet from_min_extent(const ir::Expr& min, const ir::Expr& extent);  // extent 1: a single point
  static IntSet from_range(const ir::Range& range);

  bool has_lower_bound() const { return min != nullptr; }
  bool has_upper_bound() const { return max != nullptr; }
  bool is_everything() const { return !is_nothing && !min && !max; }
  bool is_single_point() const { return min && min == max; }
};

// By variable. A variable that is not here stands for itself.
using IntSetMap = std::unordered_map<const ir::VarNode*, IntSet>;
IntSetMap as_int_set(const VarRanges& ranges);

// The values that an expression (a range, each range of a region) takes; unsimplified, as TVM's EvalSet gives them.
IntSet eval_set(const ir::Expr& e, const IntSetMap& domains);
IntSet eval_set(const ir::Range& range, const IntSetMap& domains);
IntSet eval_set(const IntSet& set, const IntSetMap& domains);
std::vector<IntSet> eval_set(std::span<const ir::Range> region, const IntSetMap& domains);

// The smallest interval that covers all (hull), simplified; nothing for no sets.
IntSet union_sets(std::span<const IntSet> sets);
// An interval that the sets cover without gaps, so far as can be proved.
IntSet union_lower_bound(std::span<const IntSet> sets);
IntSet intersect(std::span<const IntSet> sets);
// Dimension by dimension; all regions have one rank.
std::vector<IntSet> union_region(const std::vector<std::vector<IntSet>>& regions);
std::vector<IntSet> union_region_lower_bound(const std::vector<std::vector<IntSet>>& regions);

// The range of the set, ends simplified; `otherwise` where the set is unbounded on a side.
ir::Range cover_range(const IntSet& set, const ir::Range& otherwise);
bool can_prove_single_point(const IntSet& set, const Analyzer& analyzer);
// Whether the set is provably exactly the range.
bool match_range(const IntSet& set, const ir::Range& range);

}  // namespace loopglass::arith
