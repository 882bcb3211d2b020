#include "engine/arith/rules.h"

#include <vector>

namespace loopglass::arith {
namespace {

constexpr size_t kSets = static_cast<size_t>(RuleSet::Select) + 1;

std::string_view text_of(RuleSet set) {
  if (set < RuleSet::DivVector) return sum_rules(set);
  if (set < RuleSet::MinVector) return quotient_rules(set);
  if (set < RuleSet::EqualVector) return extremum_rules(set);
  return comparison_rules(set);
}

std::vector<Rules> parse_all() {
  std::vector<Rules> sets;
  for (size_t i = 0; i < kSets; ++i) sets.emplace_back(text_of(static_cast<RuleSet>(i)));
  return sets;
}

}  // namespace

const Rules& rules(RuleSet set) {
  static const std::vector<Rules> sets = parse_all();
  return sets[static_cast<size_t>(set)];
}

}  // namespace loopglass::arith
