// What is known where a statement stands: the ranges of variables, and inequalities from the conditions around it.
#pragma once

#include <vector>

#include "engine/lower/affine.h"
#include "engine/lower/value_range.h"

namespace loopglass::lower {

// A value: copy it to know more inside a branch than outside.
struct Facts {
  Ranges ranges;
  std::vector<Affine> at_least_zero;   // each of these sums is >= 0

  // Adds what follows from a condition that holds (or, `value` false, does not hold).
  void assume(const ir::Expr& condition, bool value = true);
  // True only where sum >= 0 follows.
  bool proves_at_least_zero(const Affine& sum) const;
  // True only where low <= e <= high follows.
  bool proves_between(const ir::Expr& e, int64_t low, int64_t high) const;
};

}  // namespace loopglass::lower
