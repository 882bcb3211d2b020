#include "engine/arith/rules.h"

namespace loopglass::arith {
namespace {

constexpr std::string_view kEqualVector = R"(
broadcast(x) == broadcast(y) -> broadcast(x == y)
)";

constexpr std::string_view kEqualIndex = R"(
c1 == x -> x == c1
x - c1 == c2 -> x == c2 + c1
c1 - x == c2 -> x == c1 - c2
x + c1 == c2 -> x == c2 - c1
x * y == 0 => x == 0 or y == 0
x == x -> true
)";

constexpr std::string_view kLessVector = R"(
broadcast(x) < broadcast(y) -> broadcast(x < y)
ramp(x, s1) < ramp(y, s1) -> broadcast(x < y)
)";

constexpr std::string_view kLessIndex = R"(
# common operands
x + y < x + z -> y < z
x + y < z + x -> y < z
y + x < x + z -> y < z
y + x < z + x -> y < z
y - x < z - x -> y < z
x - y < x - z -> z < y
x < x + z -> 0 < z
x < z + x -> 0 < z
x < x - z -> z < 0
x * c1 < y * c1 -> x < y if c1 > 0
x * c1 < y * c1 -> y < x if c1 < 0
# a factor moves to the constant
x * c2 < c1 -> x < (c1 - 1) / c2 + 1 if c1 > 0 and c2 > 0
x * c2 < c1 -> x < c1 / c2 if c1 <= 0 and c2 > 0
x * c2 < c1 -> (c1 - 1) / c2 - 1 < x if c1 > 0 and c2 < 0
x * c2 < c1 -> c1 / c2 < x if c1 <= 0 and c2 < 0
c1 < x * c2 -> (c1 + 1) / c2 - 1 < x if c1 < 0 and c2 > 0
c1 < x * c2 -> c1 / c2 < x if c1 >= 0 and c2 > 0
c1 < x * c2 -> x < (c1 + 1) / c2 + 1 if c1 < 0 and c2 < 0
c1 < x * c2 -> x < c1 / c2 if c1 >= 0 and c2 < 0
# truncated quotient
x / c1 < c2 -> x < c1 * c2 if c1 > 0 and c2 > 0
x / c1 < c2 -> x < c1 * (c2 - 1) + 1 if c1 > 0 and c2 <= 0
c1 < x / c2 -> (c1 + 1) * c2 - 1 < x if c1 >= 0 and c2 > 0
c1 < x / c2 -> c1 * c2 < x if c1 < 0 and c2 > 0
x / c1 * c1 < x -> 0 < truncmod(x, c1) if c1 > 0
x / c1 * c1 < x + y -> 0 < truncmod(x, c1) + y if c1 > 0
x / c1 * c1 < x - y -> y < truncmod(x, c1) if c1 > 0
(x + c2) / c1 * c1 < x -> c2 < truncmod(x + c2, c1) if c1 > 0
(x + c2) / c1 * c1 < x + y -> c2 < truncmod(x + c2, c1) + y if c1 > 0
(x + c2) / c1 * c1 < x - y -> y < truncmod(x + c2, c1) + (0 - c2) if c1 > 0
# floored quotient
x // c1 < c2 -> x < c1 * c2 if c1 > 0
c1 < x // c2 -> (c1 + 1) * c2 - 1 < x if c2 > 0
x // c1 * c1 < x -> 0 < x % c1 if c1 > 0
x // c1 * c1 < x + y -> 0 < x % c1 + y if c1 > 0
x // c1 * c1 < x - y -> y < x % c1 if c1 > 0
(x + c2) // c1 * c1 < x -> c2 < (x + c2) % c1 if c1 > 0
(x + c2) // c1 * c1 < x + y -> c2 < (x + c2) % c1 + y if c1 > 0
(x + c2) // c1 * c1 < x - y -> y < (x + c2) % c1 + (0 - c2) if c1 > 0
# min and max become logic
min(x, y) < z => x < z or y < z
max(x, y) < z => x < z and y < z
z < min(x, y) => z < x and z < y
z < max(x, y) => z < x or z < y
# constants to one side
c1 < x + c2 | c1 - x < c2 => c1 - c2 < x
c1 < c2 - x | x + c1 < c2 => x < c2 - c1
c1 < x - c2 => c1 + c2 < x
x - c2 < c1 => x < c1 + c2
x < c1 - y => x + y < c1
c1 - y < x => c1 < x + y
x < c1 + y => x - y < c1
c1 + y < x => c1 < x - y
)";

constexpr std::string_view kNotVector = R"(
not broadcast(x) -> broadcast(not x)
)";

constexpr std::string_view kNot = R"(
not (not x) -> x
not (x <= y) -> y < x
not (x >= y) -> x < y
not (x < y) -> y <= x
not (x > y) -> x <= y
not (x == y) -> x != y
not (x != y) -> x == y
not (x or y) => (not x) and (not y)
not (x and y) => (not x) or (not y)
)";

constexpr std::string_view kAnd = R"(
# contradictions
x == y and x != y -> false
x != y and x == y -> false
x and not x -> false
x <= y and y < x -> false
y < x and x <= y -> false
x < c1 and c2 < x -> false if c2 + 1 >= c1
c2 < x and x < c1 -> false if c2 + 1 >= c1
x < c1 and c2 <= x | c2 <= x and x < c1 | x <= c1 and c2 < x | c2 < x and x <= c1 -> false if c2 >= c1
x <= c1 and c2 <= x | c2 <= x and x <= c1 -> false if c2 > c1
# equalities
x == c1 and x == c2 -> x == c1 and c1 == c2
x == c1 and x != c2 | x != c2 and x == c1 -> x == c1 and c1 != c2
# quotient and remainder together
x // c2 == c1 and x % c2 == c3 | x % c2 == c3 and x // c2 == c1 => x == c1 * c2 + c3
0 <= x - y * c1 and x - y * c1 < c1 | x - y * c1 < c1 and 0 <= x - y * c1 => y == x // c1 if c1 > 0
c1 < x - y * c1 and x - y * c1 <= 0 => y == x // c1 if c1 < 0
0 <= x + y * c2 and x + y * c2 < c1 | x + y * c2 < c1 and 0 <= x + y * c2 => y == x // c1 if c1 > 0 and c2 == -c1
x < c1 and x % c2 < c3 => x < c1 - c2 + c3 and x % c2 < c3 if c2 > 0 and c1 % c2 == 0
x < c1 and x % c2 < c3 => x < c1 - c1 % c2 + c3 and x % c2 < c3 if c2 > 0 and c1 % c2 > c3
x <= c1 and x % c2 < c3 => x < c1 + 1 - c2 + c3 and x % c2 < c3 if c2 > 0 and (c1 + 1) % c2 == 0
x <= c1 and x % c2 < c3 => x < c1 + 1 - c1 % c2 + c3 and x % c2 < c3 if c2 > 0 and (c1 + 1) % c2 > c3
x // c2 == c1 and x % c2 < c3 | x % c2 < c3 and x // c2 == c1 => c1 * c2 <= x and x < c1 * c2 + c3
x // c2 == c1 and x % c2 <= c3 | x % c2 <= c3 and x // c2 == c1 => c1 * c2 <= x and x <= c1 * c2 + c3
x // c2 == c1 and c3 <= x % c2 | c3 <= x % c2 and x // c2 == c1 => c1 * c2 + c3 <= x and x < (c1 + 1) * c2
x // c2 == c1 and c3 < x % c2 | c3 < x % c2 and x // c2 == c1 => c1 * c2 + c3 < x and x < (c1 + 1) * c2
x and (y and z) => (x and y) and z
)";

constexpr std::string_view kOr = R"(
# tautologies
x == y or x != y -> true
x != y or x == y -> true
x or not x -> true
x <= y or y < x -> true
y < x or x <= y -> true
x < y or y < x -> x != y
x < c1 or c2 < x -> true if c2 < c1
c2 < x or x < c1 -> true if c2 < c1
x <= c1 or c2 < x -> true if c2 <= c1
c2 < x or x <= c1 -> true if c2 <= c1
x < c1 or c2 <= x -> true if c2 <= c1
c2 <= x or x < c1 -> true if c2 <= c1
x <= c1 or c2 <= x -> true if c2 <= c1 + 1
c2 <= x or x <= c1 -> true if c2 <= c1 + 1
# equalities
x != c1 or x != c2 -> x != c1 or c1 != c2
x != c1 or x == c2 -> x != c1 or c1 == c2
x == c2 or x != c1 -> x != c1 or c1 == c2
x < y or x == y => x <= y
x < y or y == x => x <= y
x == y or x < y => x <= y
y == x or x < y => x <= y
x or (y or z) => (x or y) or z
)";

constexpr std::string_view kSelect = R"(
select(x, y, y) -> y
)";

}  // namespace

std::string_view comparison_rules(RuleSet set) {
  switch (set) {
    case RuleSet::EqualVector: return kEqualVector;
    case RuleSet::EqualIndex: return kEqualIndex;
    case RuleSet::LessVector: return kLessVector;
    case RuleSet::LessIndex: return kLessIndex;
    case RuleSet::NotVector: return kNotVector;
    case RuleSet::Not: return kNot;
    case RuleSet::And: return kAnd;
    case RuleSet::Or: return kOr;
    case RuleSet::Select: return kSelect;
    default: return {};
  }
}

}  // namespace loopglass::arith
