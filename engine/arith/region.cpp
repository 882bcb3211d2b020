#include "engine/arith/region.h"

#include <algorithm>

#include "engine/arith/iter_map.h"
#include "engine/ir/op.h"

namespace loopglass::arith {
namespace {

using namespace ir;

// [index, index + extent) while the index runs through its form; nothing where it jumps over elements.
std::optional<IntSet> touched(const IterSum& index, const Expr& extent, const Analyzer& analyzer) {
  const auto is_zero_extent = [&](const Expr& e) { return analyzer.can_prove(eq(e, make_int(0, e->dtype))); };
  if (is_zero_extent(extent)) return IntSet::nothing();
  if (index.args.empty()) return IntSet::from_min_extent(index.base, extent);
  const IterSplit& split = index.args[0];
  if (is_zero_extent(split.extent)) return IntSet::nothing();
  if (!analyzer.can_prove(ge(extent, split.scale))) return std::nullopt;
  const Expr reach = mul(sub(split.extent, make_int(1, split.extent->dtype)), split.scale);
  if (analyzer.can_prove(lt(split.scale, make_int(0, split.scale->dtype))))
    return IntSet::from_min_extent(add(index.base, reach), sub(extent, reach));
  return IntSet::from_min_extent(index.base, add(extent, reach));
}

IterMapResult detect_surjective(const std::vector<Expr>& indices, const VarRanges& var_dom, const Expr& predicate, Analyzer& analyzer) {
  return detect_iter_map(indices, var_dom, predicate, IterMapLevel::Surjective, analyzer);
}

// The region where each index is a constant, a variable without a domain, or one with a constant domain that no other index uses: what the
// index map would come to. Nothing for other regions.
std::optional<std::vector<IntSet>> plain_region(std::span<const Range> region, const VarRanges& var_dom, const Expr& predicate) {
  if (predicate && !is_one(predicate)) return std::nullopt;
  std::vector<bool> is_used(var_dom.size());
  std::vector<IntSet> result;
  for (const Range& range : region) {
    const VarNode* var = as<VarNode>(range.min);
    const auto it = std::ranges::find_if(var_dom, [&](const auto& domain) { return domain.first.get() == var; });
    if ((!var && !as_int(range.min)) || !is_one(range.extent)) return std::nullopt;
    if (it == var_dom.end()) {
      result.push_back(IntSet::from_min_extent(range.min, range.extent));
      continue;
    }
    const auto begin = as_int(it->second.min), extent = as_int(it->second.extent);
    const size_t place = it - var_dom.begin();
    if (!begin || !extent || *extent < 1 || is_used[place]) return std::nullopt;
    is_used[place] = true;
    result.push_back(IntSet::from_min_extent(it->second.min, it->second.extent));
  }
  return result;
}

}  // namespace

std::optional<std::vector<IntSet>> estimate_region_strict_bound(std::span<const Range> region, const VarRanges& var_dom,
                                                                const Expr& predicate, Analyzer& analyzer) {
  if (auto plain = plain_region(region, var_dom, predicate)) return plain;
  std::vector<Expr> starts;
  for (const Range& range : region) {
    if (!as_int(range.extent)) return std::nullopt;
    starts.push_back(range.min);
  }
  const IterMapResult forms = detect_surjective(starts, var_dom, predicate, analyzer);
  if (forms.indices.empty()) return std::nullopt;
  std::vector<IntSet> result;
  for (size_t i = 0; i < region.size(); ++i) {
    std::optional<IntSet> set = touched(forms.indices[i], region[i].extent, analyzer);
    if (!set) return std::nullopt;
    result.push_back(std::move(*set));
  }
  return result;
}

std::optional<std::vector<IntSet>> estimate_region_lower_bound(std::span<const Range> region, const VarRanges& var_dom,
                                                               const Expr& predicate, Analyzer& analyzer) {
  return estimate_region_strict_bound(region, var_dom, predicate, analyzer);
}

std::vector<IntSet> estimate_region_upper_bound(std::span<const Range> region, const VarRanges& var_dom, const Expr& predicate,
                                                Analyzer& analyzer) {
  if (auto strict = estimate_region_strict_bound(region, var_dom, predicate, analyzer)) return *strict;
  const IntSetMap domains = as_int_set(var_dom);
  std::vector<IntSet> result;
  for (const Range& range : region) {
    const Expr extent = as_int(range.extent) ? range.extent : eval_set(range.extent, domains).max;
    const IterMapResult form = detect_surjective({range.min}, var_dom, predicate, analyzer);
    std::optional<IntSet> set;
    if (!form.indices.empty() && extent) set = touched(form.indices[0], extent, analyzer);
    result.push_back(set ? *set : eval_set(range, domains));
  }
  return result;
}

}  // namespace loopglass::arith
