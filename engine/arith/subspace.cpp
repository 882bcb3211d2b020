#include "engine/arith/subspace.h"

#include <algorithm>
#include <unordered_map>

#include "engine/arith/analyzer_state.h"
#include "engine/arith/iter_form.h"
#include "engine/arith/mark_splits.h"
#include "engine/ir/op.h"
#include "engine/support/check.h"

namespace loopglass::arith {
namespace {

using namespace ir;

// outer * inner_extent + inner, as forms. Never plain expressions.
struct Division {
  enum class Side { Outer, Inner, Both };
  IterForm outer, inner;
  Expr outer_extent, inner_extent;
  Side side;
};

IterSum constant_sum(int64_t value, DataType type) { return {{}, make_int(value, type)}; }

Division all_inner(IterForm form, Expr extent) {
  const DataType type = type_of(form);
  return {constant_sum(0, type), std::move(form), make_int(1, type), std::move(extent), Division::Side::Inner};
}
Division all_outer(IterForm form, Expr extent) {
  const DataType type = type_of(form);
  return {std::move(form), constant_sum(0, type), std::move(extent), make_int(1, type), Division::Side::Outer};
}

// The form as a digit: a sum becomes an iterator of its own.
IterSplit as_split(const IterForm& form, const Expr& extent) {
  if (const IterSplit* split = std::get_if<IterSplit>(&form)) return *split;
  return make_split(make_mark(std::get<IterSum>(form), extent));
}

Division with_base(Division division, const Expr& base) {
  if (const IterSplit* split = std::get_if<IterSplit>(&division.inner)) {
    division.inner = IterSum{{*split}, base};
  } else {
    IterSum& sum = std::get<IterSum>(division.inner);
    sum.base = add(sum.base, base);
  }
  return division;
}

// The iterator whose digits are `args`, given from the lowest up.
struct Fused {
  IterSum sum;
  Expr extent;
};
Fused fuse_digits(const std::vector<IterSplit>& args, const Expr& base) {
  Fused fused{{{}, base}, make_int(1, base->dtype)};
  for (IterSplit arg : args) {
    arg.scale = fused.extent;
    fused.extent = mul(fused.extent, arg.extent);
    fused.sum.args.insert(fused.sum.args.begin(), std::move(arg));
  }
  return fused;
}

class Divider {
 public:
  Divider(Analysis& analysis, const std::vector<IterSum>& sums, const std::vector<Var>& inner_iters)
      : analysis_(analysis), marks_(collect_mark_splits(sums)), inner_iters_(inner_iters) {}

  // `extent`: what the sum runs through; null where the sum is an index and thus one digit at most.
  std::optional<Division> divide(const IterSum& sum, const Expr& extent) {
    const DataType type = sum.base->dtype;
    if (sum.args.empty()) return Division{constant_sum(0, type), sum, make_int(1, type), make_int(1, type), Division::Side::Both};
    if (sum.args.size() > 1) return divide_digits(sum, extent);
    if (!is_one(sum.args[0].scale)) return std::nullopt;
    std::optional<Division> division = divide(sum.args[0]);
    if (division && !is_zero(sum.base)) division = with_base(*std::move(division), sum.base);
    return division;
  }

  Expr outer_predicate = make_bool(true), inner_predicate = make_bool(true);

 private:
  // Inner digits have to be the low ones, outer digits the high ones.
  std::optional<Division> divide_digits(const IterSum& sum, const Expr& extent) {
    std::vector<IterSplit> outer, inner;
    Expr covered = make_int(1, sum.base->dtype);
    bool has_unit_scale = false;
    for (size_t i = sum.args.size(); i-- > 0;) {
      const IterSplit& arg = sum.args[i];
      has_unit_scale |= is_one(arg.scale);
      const std::optional<Division> division = divide(arg);
      if (!division || division->side == Division::Side::Both) return std::nullopt;
      const bool is_inner = division->side == Division::Side::Inner;
      if (is_inner && !outer.empty()) return std::nullopt;
      const IterSplit digit = is_inner ? as_split(division->inner, division->inner_extent)
                                       : as_split(division->outer, division->outer_extent);
      covered = mul(covered, digit.extent);
      (is_inner ? inner : outer).push_back(digit);
    }
    if (!has_unit_scale) return std::nullopt;
    Fused high = fuse_digits(outer, make_int(0, sum.base->dtype)), low = fuse_digits(inner, sum.base);
    if (!analysis_.can_prove_equal(covered, extent)) return divide_bounded(high, low, extent);
    return Division{std::move(high.sum), std::move(low.sum), high.extent, low.extent, Division::Side::Both};
  }

  // A sum that a predicate keeps below `extent`: the bound has to be about one side alone.
  std::optional<Division> divide_bounded(const Fused& high, const Fused& low, const Expr& extent) {
    if (!high.sum.args.empty() && !low.sum.args.empty()) return std::nullopt;
    const bool is_outer = low.sum.args.empty();
    const IterSum& sum = is_outer ? high.sum : low.sum;
    Expr& predicate = is_outer ? outer_predicate : inner_predicate;
    predicate = logical_and(predicate, lt(IterFormWriter(analysis_).write(sum), extent));
    return is_outer ? all_outer(sum, extent) : all_inner(sum, extent);
  }

  // All digits of an iterator are divided when the first of them is met.
  std::optional<Division> divide(const IterSplit& split) {
    if (const auto known = known_.find(&split); known != known_.end()) return known->second;
    const std::vector<const IterSplit*>& digits = digits_of(split.source);
    const auto* sum = std::get_if<std::shared_ptr<const IterSum>>(&split.source->source);
    if (!sum) {
      const Var iter = as_var(std::get<Expr>(split.source->source));
      if (!iter) return std::nullopt;   // a loop that does not begin with 0
      const bool is_inner = std::find(inner_iters_.begin(), inner_iters_.end(), iter) != inner_iters_.end();
      for (const IterSplit* digit : digits) known_.emplace(digit, is_inner ? all_inner(*digit, digit->extent) : all_outer(*digit, digit->extent));
      return known_.at(&split);
    }
    const std::optional<Division> whole = divide(**sum, split.source->extent);
    if (!whole) return std::nullopt;
    // (TVM gives the whole iterator's division for a lone digit too, and the values change.)
    if (digits.size() == 1) return is_whole(split) ? whole : std::nullopt;
    if (!divide_digits_of(*whole, digits)) return std::nullopt;
    return known_.at(&split);
  }

  // source = Y * 3 + X with X in [0, 3): the digits source // 6, source // 3 % 2, source % 3 are Y // 2, Y % 2, X. One that crosses the
  // boundary, as in source // 4 and source % 4, cannot be divided.
  bool divide_digits_of(const Division& whole, const std::vector<const IterSplit*>& digits) {
    const IterSum *outer = std::get_if<IterSum>(&whole.outer), *inner = std::get_if<IterSum>(&whole.inner);
    if (!outer || !inner) return false;
    const IterMarkRef outer_mark = make_mark(*outer, whole.outer_extent), inner_mark = make_mark(*inner, whole.inner_extent);
    std::vector<bool> used(digits.size(), false);
    Expr expected = make_int(1, type_of(whole.outer));
    Expr boundary;   // lower factor of the first outer digit
    bool is_above = whole.side == Division::Side::Outer;
    for (size_t taken = 0; taken < digits.size(); ++taken) {
      size_t next = 0;
      while (next < digits.size() && (used[next] || !analysis_.can_prove_equal(digits[next]->lower_factor, expected))) ++next;
      if (next == digits.size()) return false;
      used[next] = true;
      IterSplit digit = *digits[next];
      if (is_above && !boundary) boundary = digit.lower_factor;
      digit.source = is_above ? outer_mark : inner_mark;
      if (is_above) digit.lower_factor = floordiv(digit.lower_factor, boundary);
      known_.emplace(digits[next], is_above ? all_outer(digit, digit.extent) : all_inner(digit, digit.extent));
      expected = mul(expected, digit.extent);
      if (analysis_.can_prove_equal(expected, whole.inner_extent)) is_above = true;
    }
    return is_above;
  }

  bool is_whole(const IterSplit& split) const {
    return is_one(split.lower_factor) && analysis_.can_prove_equal(split.extent, split.source->extent);
  }
  const std::vector<const IterSplit*>& digits_of(const IterMarkRef& mark) const {
    const auto found = std::find_if(marks_.begin(), marks_.end(), [&](const MarkSplits& m) { return m.mark == mark; });
    CHECK(found != marks_.end(), "an iterator that the forms do not refer to");
    return found->splits;
  }

  Analysis& analysis_;
  std::vector<MarkSplits> marks_;
  const std::vector<Var>& inner_iters_;
  std::unordered_map<const IterSplit*, Division> known_;
};

Expr write_out(const IterForm& form) {
  if (const IterSplit* split = std::get_if<IterSplit>(&form)) return normalize_iter_map_to_expr(*split);
  return normalize_iter_map_to_expr(std::get<IterSum>(form));
}

}  // namespace

std::optional<SubspaceDivision> subspace_divide(const std::vector<Expr>& indices, const VarRanges& input_iters,
                                                const std::vector<Var>& inner_iters, const Expr& predicate,
                                                IterMapLevel check_level, Analyzer& analyzer, bool simplify_trivial_iterators) {
  const IterMapResult map = detect_iter_map(indices, input_iters, predicate, check_level, analyzer, simplify_trivial_iterators);
  if (map.indices.empty()) return std::nullopt;
  Divider divider(analysis_of(analyzer), map.indices, inner_iters);
  SubspaceDivision result;
  for (const IterSum& sum : map.indices) {
    const std::optional<Division> d = divider.divide(sum, nullptr);
    if (!d) return std::nullopt;
    result.indices.push_back({write_out(d->outer), d->outer_extent, write_out(d->inner), d->inner_extent});
  }
  result.outer_predicate = divider.outer_predicate;
  result.inner_predicate = divider.inner_predicate;
  return result;
}

}  // namespace loopglass::arith
