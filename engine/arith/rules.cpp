#include "engine/arith/rules.h"

#include <array>

namespace loopglass::arith {
namespace {

constexpr size_t kSets = static_cast<size_t>(RuleSet::Select) + 1;

std::string_view text_of(RuleSet set) {
  if (set < RuleSet::DivVector) return sum_rules(set);
  if (set < RuleSet::MinVector) return quotient_rules(set);
  if (set < RuleSet::EqualVector) return extremum_rules(set);
  return comparison_rules(set);
}

std::array<std::vector<Rule>, kSets> parse_all() {
  std::array<std::vector<Rule>, kSets> sets;
  for (size_t i = 0; i < kSets; ++i) sets[i] = parse_rules(text_of(static_cast<RuleSet>(i)));
  return sets;
}

}  // namespace

const std::vector<Rule>& rules(RuleSet set) {
  static const std::array<std::vector<Rule>, kSets> sets = parse_all();
  return sets[static_cast<size_t>(set)];
}

}  // namespace loopglass::arith
