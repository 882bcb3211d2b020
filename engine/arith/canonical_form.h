// The canonical form of an index: a sum of scaled digits, sum of ((index % upper) // lower) * scale, plus a constant.
#pragma once

#include <variant>
#include <vector>

#include "engine/arith/analyzer.h"

namespace loopglass::arith {

class Analysis;

// ((index % upper) / lower) * scale; upper kNoUpper: no remainder is taken. upper is a multiple of lower.
struct SplitForm {
  static constexpr int64_t kNoUpper = ConstIntBound::kPosInf;

  ir::DataType dtype;
  ir::Expr index;
  int64_t lower = 1;
  int64_t upper = kNoUpper;
  int64_t scale = 1;
  bool floors = false;  // else / and % truncate

  ir::Expr to_expr(int64_t factor = 1) const;
  // Whether the form's division is of the mode, or is none.
  bool agrees(bool floor_mode) const { return floors == floor_mode || (lower == 1 && upper == kNoUpper); }
  bool has_index_of(const SplitForm& other) const;
  bool can_cast(ir::DataType to, Analysis& analysis) const;
  void cast_to(ir::DataType to);
};

// Args with one index stand together, those of larger `lower` first.
struct SumForm {
  ir::DataType dtype;
  std::vector<SplitForm> args;
  int64_t base = 0;

  bool is_zero() const { return base == 0 && args.empty(); }
  ir::Expr to_expr() const;
  void add(SplitForm split, int64_t factor);
  void add(const SumForm& sum, int64_t factor);
  void multiply(int64_t factor);
  // Requires: every scale and the base divide.
  void divide(int64_t divisor);
  bool can_cast(ir::DataType to, Analysis& analysis) const;
  void cast_to(ir::DataType to);
};

// What canonicalization makes of a node before it is written out again.
using CanonicalForm = std::variant<ir::Expr, SplitForm, SumForm>;

ir::DataType type_of(const CanonicalForm& form);
ir::Expr to_expr(const CanonicalForm& form);
SplitForm to_split(const CanonicalForm& form);
SumForm to_sum(const CanonicalForm& form);

}  // namespace loopglass::arith
