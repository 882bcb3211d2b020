// Integer expressions as sums: coefficient * atom + ... + constant, where an atom is a variable or an expression that is no sum.
#pragma once

#include <optional>
#include <vector>

#include "engine/ir/expr.h"

namespace loopglass::lower {

struct Term {
  ir::Expr atom;        // a variable, or what stays whole (i // 4, A[i]); no two terms have equal atoms
  int64_t coefficient;  // never 0
};

struct Affine {
  std::vector<Term> terms;   // in the order of their first occurrence
  int64_t constant = 0;
};

Affine affine_of(const ir::Expr& e);
ir::Expr to_expr(const Affine& sum, ir::DataType type);
Affine plus(Affine a, const Affine& b, int64_t factor = 1);   // a + factor * b
// 0 where the sum does not have the atom.
int64_t coefficient_of(const Affine& sum, const ir::Expr& atom);
// a - b, where it is a constant.
std::optional<int64_t> difference(const Affine& a, const Affine& b);

}  // namespace loopglass::lower
