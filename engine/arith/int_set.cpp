#include "engine/arith/int_set.h"

#include "engine/arith/analysis.h"
#include "engine/arith/interval_evaluator.h"
#include "engine/ir/op.h"

namespace loopglass::arith {
namespace {

using namespace ir;

Expr one_like(const Expr& e) { return make_int(1, e->dtype); }

IntSet simplified(const IntSet& set, Analysis& analysis) {
  if (set.is_nothing) return set;
  return {set.min ? analysis.simplify(set.min) : nullptr, set.max ? analysis.simplify(set.max) : nullptr};
}

// f of each dimension's sets.
template <class F>
std::vector<IntSet> by_dimension(const std::vector<std::vector<IntSet>>& regions, F f) {
  std::vector<IntSet> result;
  for (size_t dim = 0; !regions.empty() && dim < regions[0].size(); ++dim) {
    std::vector<IntSet> sets;
    for (const std::vector<IntSet>& region : regions) sets.push_back(region[dim]);
    result.push_back(f(sets));
  }
  return result;
}

}  // namespace

IntSet IntSet::interval(Expr min, Expr max) { return {std::move(min), std::move(max)}; }

IntSet IntSet::from_min_extent(const Expr& min, const Expr& extent) {
  if (is_one(extent)) return single_point(min);
  return {min, sub(add(extent, min), one_like(extent))};
}

IntSet IntSet::from_range(const Range& range) { return from_min_extent(range.min, range.extent); }

IntSetMap as_int_set(const VarRanges& ranges) {
  IntSetMap sets;
  for (const auto& [var, range] : ranges) sets[var.get()] = IntSet::from_range(range);
  return sets;
}

IntSet eval_set(const Expr& e, const IntSetMap& domains) {
  Analysis analysis;
  return IntervalEvaluator(analysis, domains).evaluate(e);
}

IntSet eval_set(const Range& range, const IntSetMap& domains) {
  Analysis analysis;
  if (range.min->dtype.is_integral() && analysis.can_prove_equal(range.extent, one_like(range.extent)))
    return eval_set(range.min, domains);
  // Simplified first: min and extent may share variables.
  const Expr last = analysis.simplify(sub(add(range.min, range.extent), one_like(range.extent)));
  return IntervalEvaluator(analysis, domains).evaluate(IntSet{range.min, last});
}

IntSet eval_set(const IntSet& set, const IntSetMap& domains) {
  Analysis analysis;
  IntervalEvaluator evaluator(analysis, domains);
  if (set.is_nothing) return set;
  return {set.min ? evaluator.evaluate(set.min).min : nullptr, set.max ? evaluator.evaluate(set.max).max : nullptr};
}

std::vector<IntSet> eval_set(std::span<const Range> region, const IntSetMap& domains) {
  Analysis analysis;
  IntervalEvaluator evaluator(analysis, domains);
  std::vector<IntSet> result;
  for (const Range& range : region) {
    const Expr last = analysis.simplify(add(range.min, sub(range.extent, one_like(range.extent))));
    result.push_back(evaluator.evaluate(IntSet{range.min, last}));
  }
  return result;
}

IntSet union_sets(std::span<const IntSet> sets) {
  if (sets.empty()) return IntSet::nothing();
  if (sets.size() == 1) return sets[0];
  Analysis analysis;
  IntSet hull = sets[0];
  for (const IntSet& set : sets.subspan(1)) hull = unite(hull, set);
  return simplified(hull, analysis);
}

IntSet union_lower_bound(std::span<const IntSet> sets) {
  if (sets.size() == 1) return sets[0];
  Analysis analysis;
  IntSet merged = IntSet::nothing();
  // Whether `low` is at most one past `high`.
  const auto reaches = [&](const Expr& low, const Expr& high) {
    return !low || !high || analysis.can_prove(le(low, add(high, one_like(high))));
  };
  for (const IntSet& set : sets) {
    if (set.is_nothing) continue;
    if (merged.is_nothing) merged = set;
    else if (reaches(set.min, merged.max) && reaches(merged.min, set.max)) merged = unite(merged, set);
  }
  return merged;
}

IntSet intersect(std::span<const IntSet> sets) {
  if (sets.empty()) return IntSet::nothing();
  if (sets.size() == 1) return sets[0];
  Analysis analysis;
  IntSet common = sets[0];
  for (const IntSet& set : sets.subspan(1)) common = intersect(common, set, analysis);
  return simplified(common, analysis);
}

std::vector<IntSet> union_region(const std::vector<std::vector<IntSet>>& regions) {
  return by_dimension(regions, [](const std::vector<IntSet>& sets) { return union_sets(sets); });
}

std::vector<IntSet> union_region_lower_bound(const std::vector<std::vector<IntSet>>& regions) {
  return by_dimension(regions, [](const std::vector<IntSet>& sets) { return union_lower_bound(sets); });
}

Range cover_range(const IntSet& set, const Range& otherwise) {
  if (!set.min || !set.max) return otherwise;
  Analysis analysis;
  return {analysis.simplify(set.min), analysis.simplify(sub(add(set.max, one_like(set.max)), set.min))};
}

bool can_prove_single_point(const IntSet& set, const Analyzer& analyzer) {
  if (set.is_single_point()) return true;
  return set.min && set.max && analyzer.can_prove_equal(set.min, set.max);
}

bool match_range(const IntSet& set, const Range& range) {
  if (!set.min || !set.max) return false;
  Analysis analysis;
  const Expr last = sub(add(range.extent, range.min), one_like(range.extent));
  return is_zero(analysis.simplify(sub(set.min, range.min))) && is_zero(analysis.simplify(sub(set.max, last)));
}

}  // namespace loopglass::arith
