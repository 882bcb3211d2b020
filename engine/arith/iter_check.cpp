// Whether the splits of iterators fit together: none overlaps another, and what is left out is left out evenly.
#include <algorithm>

#include "engine/arith/iter_map_rewriter.h"
#include "engine/arith/mark_splits.h"
#include "engine/ir/op.h"

namespace loopglass::arith {
using namespace ir;

bool IterMapRewriter::constraints_are_nested() const {
  for (size_t i = 0; i < constrained_.size(); ++i) {
    for (size_t j = i + 1; j < constrained_.size(); ++j) {
      const std::vector<IterSplit>& larger = constrained_[j].args;
      const auto shared = std::count_if(constrained_[i].args.begin(), constrained_[i].args.end(), [&](const IterSplit& split) {
        return std::any_of(larger.begin(), larger.end(), [&](const IterSplit& other) { return same_split(split, other); });
      });
      if (shared != 0 && shared != static_cast<ptrdiff_t>(constrained_[i].args.size())) return false;
    }
  }
  return true;
}

bool IterMapRewriter::check_mapping(const std::vector<IterSum>& indices) {
  const std::vector<MarkSplits> marks = collect_mark_splits(indices);
  for (const MarkSplits& mark : marks)
    if (!splits_cover(*mark.mark, mark.splits)) return false;
  if (level_ != IterMapLevel::Bijective) return true;
  return std::all_of(input_marks_.begin(), input_marks_.end(), [&](const IterMarkRef& input) {
    return is_one(input->extent) ||
           std::any_of(marks.begin(), marks.end(), [&](const MarkSplits& m) { return m.mark == input; });
  });
}

// Orders the splits from the lowest digit up and checks that each begins where the one before ends, or, where the map need not be bijective,
// at a multiple of that.
bool IterMapRewriter::splits_cover(const IterMark& mark, const std::vector<const IterSplit*>& splits) {
  std::vector<bool> used(splits.size(), false);
  Expr expected = make_int(1, mark.extent->dtype);
  for (size_t taken = 0; taken < splits.size(); ++taken) {
    size_t next = 0;
    while (next < splits.size() && (used[next] || !analysis_.can_prove_equal(splits[next]->lower_factor, expected))) ++next;
    if (next == splits.size()) {
      if (level_ == IterMapLevel::Bijective) return false;
      for (size_t i = 0; i < splits.size(); ++i) {
        if (used[i]) continue;
        if (!divides(splits[i]->lower_factor, expected)) return false;
        if (next == splits.size() || divides(splits[next]->lower_factor, splits[i]->lower_factor)) next = i;
      }
      if (next == splits.size()) return false;
    }
    used[next] = true;
    expected = mul(splits[next]->lower_factor, splits[next]->extent);
  }
  return extents_match(mark, splits, expected);
}

bool IterMapRewriter::extents_match(const IterMark& mark, const std::vector<const IterSplit*>& splits, const Expr& covered) {
  const auto fails = [&](const char* why) {
    errors_.push_back(why);
    return false;
  };
  const IterMark* origin = origin_of(mark);
  const bool is_full = analysis_.can_prove_equal(covered, mark.extent);
  const bool is_even = is_full || divides(mark.extent, covered);
  if (level_ == IterMapLevel::Bijective) {
    if (origin) return fails("a bijective map cannot pad its iterators");
    return is_full || fails("the indices do not run through the whole of an iterator");
  }
  if (!origin) return is_even || fails("the digits that the indices take of an iterator do not divide its extent");
  if (level_ != IterMapLevel::Surjective) return true;
  if (!is_even) return fails("the digits that the indices take of an iterator do not divide its padded extent");
  const bool reaches_all = analysis_.can_prove(ge(origin->extent, covered));
  if (!is_full) return reaches_all || fails("an iterator is shorter, before padding, than the digits taken of it");
  if (splits.size() != 1) return fails("several digits of a padded iterator depend on each other");
  if (analysis_.can_prove_equal(splits[0]->extent, covered) && !reaches_all) return fails("padding adds indices that no iteration reaches");
  return true;
}

}  // namespace loopglass::arith
