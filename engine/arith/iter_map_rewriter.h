// Turns index expressions into iterator forms: the work of detect_iter_map.
#pragma once

#include <unordered_map>

#include "engine/arith/analysis.h"
#include "engine/arith/iter_form.h"

namespace loopglass::arith {

class IterMapRewriter {
 public:
  IterMapRewriter(Analysis& analysis, const VarRanges& input_iters, IterMapLevel level, bool simplify_trivial_iterators,
                  std::vector<std::string>& errors);

  // The form with at most one split. With `collect_padding`, divisions that do not come out even are noted and padded for.
  IterSum rewrite(const ir::Expr& e, bool collect_padding);
  // Takes note that lower <= e < upper (null: no bound).
  void add_constraint(const ir::Expr& e, ir::Expr lower, ir::Expr upper);
  // Whether any two constraints are about iterators of which one set holds the other, or about different ones.
  bool constraints_are_nested() const;
  bool requires_padding() const { return requires_padding_; }
  const ir::Expr& padding_predicate() const { return padding_predicate_; }
  // Whether the splits of every iterator fit together as the level asks.
  bool check_mapping(const std::vector<IterSum>& indices);

 private:
  // A sum that became one iterator: flattened, the splits; structured, the same with constrained parts as iterators of their own.
  struct FusedIter {
    IterSum flattened, structured;
    IterMarkRef mark;
    ir::Expr offset;
  };
  struct Padding {
    IterMarkRef mark;
    ir::Expr factor, left;
    IterMarkRef padded;  // null until the second pass comes to it
  };
  struct PaddedSplit {
    IterSplit split;
    ir::Expr left_pad;
  };
  struct Grouping;

  IterForm mutate(const ir::Expr& e);
  IterForm mutate_sum(const ir::Expr& e);
  IterForm mutate_product(const ir::Expr& e);
  IterForm mutate_division(const ir::Expr& e);
  IterForm unresolved(const ir::Expr& e, const char* why);
  std::optional<IterSum> fused_dividend(const IterForm& dividend);
  // Nothing where the quotient (remainder) is no split of an iterator; the expression is then taken as it is.
  std::optional<IterForm> floordiv_split(IterSplit split, ir::Expr base, ir::Expr divisor);
  std::optional<IterForm> floormod_split(IterSplit split, ir::Expr base, ir::Expr divisor);

  // Padding (iter_padding.cpp).
  std::optional<PaddedSplit> pad_to_divisor(IterSplit split, const ir::Expr& base, const ir::Expr& divisor);
  PaddedSplit note_padding(IterSplit split, const ir::Expr& divisor, const ir::Expr& left_pad, const ir::Expr& right_pad);
  std::optional<PaddedSplit> apply_padding(Padding& padding, IterSplit split, const ir::Expr& left_pad, const ir::Expr& divisor);
  void make_padded_mark(Padding& padding, const IterMarkRef& mark);
  Padding& padding_of(const IterMarkRef& mark);
  const IterMark* origin_of(const IterMark& mark) const;
  ir::Expr common_multiple(const ir::Expr& a, const ir::Expr& b);

  // Fusing (iter_fuse.cpp).
  std::optional<IterSum> combine_splits_of_same_source(const IterSum& sum);
  std::optional<IterSum> fuse(IterSum sum, bool allow_early_skip);
  bool group_next(const IterSum& sum, Grouping& grouping);
  bool group_constrained(const IterSum& sum, const IterSum& constraint, const ir::Expr& scale, Grouping& grouping);
  std::optional<IterSum> intern_fused(const IterSum& sum, const Grouping& grouping);
  int find_base(const IterSum& sum, const std::vector<bool>& skip, const IterMark* source, int last) const;
  int find_exact_scale(const IterSum& sum, const std::vector<bool>& skip, const ir::Expr& scale, const IterMark* source, int last);
  int find_smaller_scale(const IterSum& sum, const std::vector<bool>& skip, const ir::Expr& scale);
  FusedIter* find_flattened(const IterSum& flattened);

  // Checks (iter_check.cpp).
  bool splits_cover(const IterMark& mark, const std::vector<const IterSplit*>& splits);
  bool extents_match(const IterMark& mark, const std::vector<const IterSplit*>& splits, const ir::Expr& covered);

  bool divides(const ir::Expr& dividend, const ir::Expr& divisor);
  bool divides_modulo(const ir::Expr& e, const ir::Expr& divisor);
  ir::Expr simplify(const ir::Expr& e) { return analysis_.simplify(e); }

  Analysis& analysis_;
  IterMapLevel level_;
  std::vector<std::string>& errors_;
  std::unordered_map<const ir::VarNode*, IterForm> vars_;
  std::vector<IterMarkRef> input_marks_;
  std::vector<FusedIter> fused_;
  std::vector<IterSum> constrained_;  // flattened forms of constraints
  std::vector<Padding> paddings_;
  std::vector<std::pair<IterMarkRef, IterMarkRef>> padded_origins_;  // padded mark, what it pads
  bool collect_padding_ = false;
  bool requires_padding_ = false;
  ir::Expr padding_predicate_ = ir::make_bool(false);
};

}  // namespace loopglass::arith
