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

// Rules in their order, found by the kinds of what stands on both sides of the operator.
class Rules {
 public:
  // Reads them. The text is ours: a mistake in it is a CHECK.
  explicit Rules(std::string_view text);
  Rules(Rules&&) = default;   // what candidates() gives stays valid

  struct Candidate {
    const Rule* rule;
    const Pattern* pattern;   // one of the rule's
  };
  // Those whose patterns may match the expression, going by its kind and those of a Binary's sides.
  const std::vector<Candidate>& candidates(const ir::Expr& e) const;

 private:
  std::vector<Rule> rules_;
  std::vector<std::vector<Candidate>> by_kinds_;   // by both kinds
  std::vector<Candidate> others_;                  // of patterns that are no Binary
};

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
Rewritten apply_rules(const Rules& rules, const ir::Expr& e, Prover& prover);

}  // namespace loopglass::arith
