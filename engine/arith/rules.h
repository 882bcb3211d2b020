// The rewrite rules of the simplifier, as text (rule.h says how to read them), one set for each operator and kind of operand. They are
// TVM's rules (src/arith/rewrite_simplify.cc), which are mostly Halide's, in TVM's order: the first that applies decides the text.
#pragma once

#include "engine/arith/rule.h"

namespace loopglass::arith {

enum class RuleSet {
  AddVector, AddIndex, AddAny,
  SubVector, SubIndex, SubOther, SubAny,
  MulVector, MulIndex,
  DivVector, DivIndex,
  ModVector, ModIndex,
  FloorDivVector, FloorDivFirst, FloorDivIndex,
  FloorModVector, FloorModIndex,
  MinVector, MinIndex, MinAny,
  MaxVector, MaxIndex, MaxAny,
  EqualVector, EqualIndex,
  LessVector, LessIndex,
  NotVector, Not, And, Or, Select,
};

// Parsed at first use.
const Rules& rules(RuleSet set);

// The texts, by theme.
std::string_view sum_rules(RuleSet set);         // rules_sum.cpp: Add, Sub, Mul
std::string_view quotient_rules(RuleSet set);    // rules_quotient.cpp: Div, Mod, FloorDiv, FloorMod
std::string_view extremum_rules(RuleSet set);    // rules_extremum.cpp: Min, Max
std::string_view comparison_rules(RuleSet set);  // rules_comparison.cpp: Equal, Less, Not, And, Or, Select

}  // namespace loopglass::arith
