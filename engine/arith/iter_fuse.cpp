// Fusing: a sum of splits whose scales follow one another is one iterator. i * 16 + j with j in [0, 16) runs through [0, extent(i) * 16).
#include <algorithm>

#include "engine/arith/iter_map_rewriter.h"
#include "engine/arith/product.h"
#include "engine/ir/op.h"
#include "engine/support/check.h"

namespace loopglass::arith {

using namespace ir;

// The way through a sum's splits, from the smallest scale up.
struct IterMapRewriter::Grouping {
  std::vector<bool> visited;
  Expr base_scale, expected_scale, extra_base, tail_extent;
  std::vector<IterSplit> flattened, grouped;  // from the innermost to the outermost
  size_t count = 0;                           // of splits gone through
};

// The split of the smallest constant scale, the last of equals, those of extent 1 first; else of the fewest factors. `source`: of this iterator
// alone (null: any). -1 for none.
int IterMapRewriter::find_base(const IterSum& sum, const std::vector<bool>& skip, const IterMark* source, int last) const {
  const auto is_candidate = [&](int i) { return !skip[i] && (!source || source == sum.args[i].source.get()); };
  int base = -1;
  int64_t smallest = 0;
  for (int i = last; i >= 0; --i) {
    const IntImm* scale = is_candidate(i) ? as<IntImm>(sum.args[i].scale) : nullptr;
    if (!scale) continue;
    const bool first_of_extent_one = base != -1 && scale->value == smallest && is_one(sum.args[i].extent) && !is_one(sum.args[base].extent);
    if (base == -1 || scale->value < smallest || first_of_extent_one) {
      smallest = scale->value;
      base = i;
    }
  }
  int fewest = 0;
  for (int i = last; i >= 0; --i) {
    if (!is_candidate(i)) continue;
    int factors = 0;
    for_each_factor(sum.args[i].scale, [&](const Expr&) { ++factors; });
    if (base == -1 || factors < fewest) {
      fewest = factors;
      base = i;
    }
  }
  return base;
}

// The last split of exactly this scale, one of extent 1 before others; -1 for none.
int IterMapRewriter::find_exact_scale(const IterSum& sum, const std::vector<bool>& skip, const Expr& scale, const IterMark* source,
                                      int last) {
  const auto first_unit = std::find_if(sum.args.begin(), sum.args.end(), [](const IterSplit& s) { return is_one(s.extent); });
  int matched = -1;
  for (int i = last; i >= 0; --i) {
    if (skip[i] || (source && source != sum.args[i].source.get())) continue;
    if (!analysis_.can_prove_equal(sum.args[i].scale, scale)) continue;
    if (is_one(sum.args[i].extent)) return i;
    if (matched == -1) matched = i;
    if (i <= first_unit - sum.args.begin()) return matched;
  }
  return matched;
}

// The split of the largest scale not above this one; -1 for none.
int IterMapRewriter::find_smaller_scale(const IterSum& sum, const std::vector<bool>& skip, const Expr& scale) {
  int matched = -1;
  for (int i = static_cast<int>(sum.args.size()) - 1; i >= 0; --i) {
    if (skip[i]) continue;
    const Expr& candidate = sum.args[i].scale;
    if (!analysis_.can_prove_greater_equal(sub(scale, candidate), 0) || !analysis_.can_prove_greater_equal(candidate, 0)) continue;
    if (matched == -1 || analysis_.can_prove_less(sub(sum.args[matched].scale, candidate), 0)) matched = i;
  }
  return matched;
}

// (x // (c * s)) % m * s + (x // c) % s = (x // c) % (m * s), of the splits of each iterator.
std::optional<IterSum> IterMapRewriter::combine_splits_of_same_source(const IterSum& sum) {
  const auto uses = [&](const IterMarkRef& mark) {
    return std::count_if(sum.args.begin(), sum.args.end(), [&](const IterSplit& s) { return s.source == mark; });
  };
  if (std::all_of(sum.args.begin(), sum.args.end(), [&](const IterSplit& s) { return uses(s.source) == 1; })) return std::nullopt;
  std::vector<bool> visited(sum.args.size(), false);
  std::vector<IterSplit> reversed;
  for (int end = static_cast<int>(sum.args.size()) - 1; end >= 0;) {
    if (visited[end]) {
      --end;
      continue;
    }
    const IterMark* source = sum.args[end].source.get();
    const int base = uses(sum.args[end].source) == 1 ? end : find_base(sum, visited, source, end);
    visited[base] = true;
    IterSplit low = sum.args[base];
    while (true) {
      const int next = find_exact_scale(sum, visited, multiply_factors(low.extent, low.scale), source, end);
      if (next == -1) break;
      const IterSplit& high = sum.args[next];
      if (!analysis_.can_prove_equal(high.lower_factor, multiply_factors(low.lower_factor, low.extent))) break;
      visited[next] = true;
      low.extent = multiply_factors(high.extent, low.extent);
    }
    reversed.push_back(low);
  }
  return IterSum{{reversed.rbegin(), reversed.rend()}, sum.base};
}

std::optional<IterSum> IterMapRewriter::fuse(IterSum sum, bool allow_early_skip) {
  if (auto combined = combine_splits_of_same_source(sum)) {
    sum = *combined;
    if (sum.args.size() <= 1 && allow_early_skip) return sum;
  }
  const DataType type = sum.base->dtype;
  Grouping grouping{std::vector<bool>(sum.args.size(), false), nullptr, nullptr, make_int(0, type), make_int(0, type), {}, {}, 0};
  const int base = find_base(sum, grouping.visited, nullptr, static_cast<int>(sum.args.size()) - 1);
  if (base == -1) return std::nullopt;
  grouping.base_scale = grouping.expected_scale = sum.args[base].scale;
  while (grouping.count < sum.args.size())
    if (!group_next(sum, grouping)) return std::nullopt;
  return intern_fused(sum, grouping);
}

bool IterMapRewriter::group_next(const IterSum& sum, Grouping& g) {
  const int last = static_cast<int>(sum.args.size()) - 1;
  int matched = g.count == 0 ? find_base(sum, g.visited, nullptr, last) : find_exact_scale(sum, g.visited, g.expected_scale, nullptr, last);
  const bool is_exact = matched != -1;
  if (!is_exact && level_ != IterMapLevel::Bijective && is_one(g.base_scale)) matched = find_smaller_scale(sum, g.visited, g.expected_scale);
  if (matched == -1) return false;
  const Expr scale = is_exact ? g.expected_scale : sum.args[matched].scale;

  // The longest constraint that begins at this split.
  const IterSum* constraint = nullptr;
  for (const IterSum& candidate : constrained_)
    if (same_split(sum.args[matched], candidate.args.back(), false) && (!constraint || constraint->args.size() < candidate.args.size()))
      constraint = &candidate;
  const Expr expected = g.expected_scale;
  if (constraint) {
    if (!group_constrained(sum, *constraint, scale, g)) return false;
  } else {
    g.visited[matched] = true;
    IterSplit split = sum.args[matched];
    g.expected_scale = multiply_factors(split.extent, scale);
    split.scale = simplify(floordiv(split.scale, g.base_scale));
    g.flattened.push_back(split);
    g.grouped.push_back(split);
    ++g.count;
  }
  if (!is_exact) g.tail_extent = add(g.tail_extent, sub(expected, scale));
  return true;
}

// Takes all the splits of a constraint together, as the iterator that the constraint made of them.
bool IterMapRewriter::group_constrained(const IterSum& sum, const IterSum& constraint, const Expr& scale, Grouping& g) {
  for (auto split = constraint.args.rbegin(); split != constraint.args.rend(); ++split) {
    size_t k = 0;
    while (k < sum.args.size() && (g.visited[k] || !same_split(sum.args[k], *split, false) ||
                                   !analysis_.can_prove_equal(mul(split->scale, scale), sum.args[k].scale)))
      ++k;
    if (k == sum.args.size()) return false;
    g.visited[k] = true;
    g.flattened.push_back(sum.args[k]);
  }
  const FusedIter* fused = find_flattened(constraint);
  CHECK(fused, "a constraint that was not fused");
  g.grouped.push_back(make_split(fused->mark, floordiv(scale, g.base_scale)));
  g.extra_base = add(g.extra_base, mul(fused->offset, scale));
  g.expected_scale = multiply_factors(fused->mark->extent, scale);
  g.count += constraint.args.size();
  return true;
}

// The iterator that the sum is, the same one for the same sum.
std::optional<IterSum> IterMapRewriter::intern_fused(const IterSum& sum, const Grouping& g) {
  const Expr zero = make_int(0, sum.base->dtype);
  const IterSum flattened{{g.flattened.rbegin(), g.flattened.rend()}, zero}, structured{{g.grouped.rbegin(), g.grouped.rend()}, zero};
  if (const FusedIter* known = find_flattened(flattened)) {
    if (!analysis_.can_prove_equal(g.extra_base, mul(known->offset, g.base_scale))) return std::nullopt;
    return IterSum{{make_split(known->mark, g.base_scale)}, add(sum.base, g.extra_base)};
  }
  const IterMarkRef mark = make_mark(structured, add(div(g.expected_scale, g.base_scale), g.tail_extent));
  fused_.push_back({flattened, structured, mark, g.extra_base});
  return IterSum{{make_split(mark, g.base_scale)}, add(sum.base, g.extra_base)};
}

IterMapRewriter::FusedIter* IterMapRewriter::find_flattened(const IterSum& flattened) {
  for (FusedIter& fused : fused_)
    if (same_sum(fused.flattened, flattened)) return &fused;
  return nullptr;
}

void IterMapRewriter::add_constraint(const Expr& e, Expr lower, Expr upper) {
  IterSum sum = to_iter_sum(mutate(e));
  if (!is_zero(sum.base)) {
    if (lower) lower = sub(lower, sum.base);
    if (upper) upper = sub(upper, sum.base);
    sum.base = make_int(0, sum.base->dtype);
  }
  const std::optional<IterSum> fused = fuse(sum, false);
  if (!fused || !is_one(fused->args[0].scale)) {
    errors_.push_back("a predicate's iterators do not fuse into one");
    return;
  }
  const auto* structured = std::get_if<std::shared_ptr<const IterSum>>(&fused->args[0].source->source);
  const auto known = std::find_if(fused_.begin(), fused_.end(), [&](const FusedIter& f) { return structured && same_sum(f.structured, **structured); });
  CHECK(known != fused_.end(), "a fused iterator that is not known");
  Expr min = known->offset, end = add(min, known->mark->extent);
  Expr raised_by = make_int(0, min->dtype);
  if (lower) {
    raised_by = sub(ir::max(lower, min), min);
    min = ir::max(lower, min);
  }
  // A bound that is provably the smaller one is kept as it is written.
  if (upper) end = analysis_.can_prove(le(upper, end)) ? upper : ir::min(upper, end);
  if (!is_zero(raised_by)) known->structured.base = sub(known->structured.base, raised_by);
  known->mark = is_zero(raised_by) ? std::make_shared<const IterMark>(IterMark{known->mark->source, sub(end, min)})
                                   : make_mark(known->structured, sub(end, min));
  known->offset = min;
  constrained_.push_back(known->flattened);
}

}  // namespace loopglass::arith
