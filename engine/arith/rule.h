// Rewrite rules, written one a line:
//
//   PATTERN [| PATTERN ...] -> RESULT [if CONDITION]     the result stands as it is
//   PATTERN [| PATTERN ...] => RESULT [if CONDITION]     the result is rewritten again (to a bounded depth)
//
// The first rule whose pattern and condition hold is applied. In a condition, a comparison of constants is decided; one whose left side
// holds an expression is true where it is proved (`x >= c1`, `x < c1`, `x // c1 == 0`). Lines that begin with # are remarks.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "engine/arith/pattern.h"

namespace loopglass::arith {

struct Rule {
  std::vector<Pattern> patterns;
  Pattern result;
  std::optional<Pattern> condition;
  bool again = false;
};

// The rules in the text, in order. The text is ours: a mistake in it is a CHECK.
std::vector<Rule> parse_rules(std::string_view text);

// What conditions ask: whether e >= bound, e < bound, e == value is proved.
class Prover {
 public:
  virtual bool proves_greater_equal(const ir::Expr& e, int64_t bound) = 0;
  virtual bool proves_less(const ir::Expr& e, int64_t bound) = 0;
  virtual bool proves_equal(const ir::Expr& e, int64_t value) = 0;

 protected:
  ~Prover() = default;
};

struct Rewritten {
  ir::Expr expr;  // null: no rule applies
  bool again = false;
};
Rewritten apply_rules(const std::vector<Rule>& rules, const ir::Expr& e, Prover& prover);

}  // namespace loopglass::arith
