#include "engine/arith/rules.h"

namespace loopglass::arith {
namespace {

constexpr std::string_view kAddVector = R"(
ramp(b1, s1) + ramp(b2, s2) -> ramp(b1 + b2, s1 + s2)
ramp(b1, s1) + broadcast(x) -> ramp(b1 + x, s1)
broadcast(x) + ramp(b1, s1) -> ramp(x + b1, s1)
broadcast(x) + broadcast(y) -> broadcast(x + y)
)";

constexpr std::string_view kAddIndex = R"(
# cancellation
(x - y) + y -> x
x + (y - x) -> y
(x - y) + (y - z) -> x - z
(x - y) + (z - x) -> z - y
min(x, y - z) + z -> min(x + z, y)
min(x - z, y) + z -> min(x, y + z)
max(x, y - z) + z -> max(x + z, y)
max(x - z, y) + z -> max(x, y + z)
min(x, y + z * c1) + z * c2 -> min(x + z * c2, y) if c1 == -c2
max(x, y + z * c1) + z * c2 -> max(x + z * c2, y) if c1 == -c2
min(y + z * c1, x) + z * c2 -> min(x + z * c2, y) if c1 == -c2
max(y + z * c1, x) + z * c2 -> max(x + z * c2, y) if c1 == -c2
max(x, y) + min(x, y) | min(x, y) + max(x, y) | max(x, y) + min(y, x) | min(x, y) + max(y, x) -> x + y
min(x, y + c1) + c2 -> min(x + c2, y) if c1 == -c2
min(x + c1, y) + c2 -> min(x, y + c2) if c1 == -c2
max(x, y + c1) + c2 -> max(x + c2, y) if c1 == -c2
max(x + c1, y) + c2 -> max(x, y + c2) if c1 == -c2
# constants and common factors
(x + c1) + c2 -> x + (c1 + c2)
x + x -> x * 2
x * y + x | y * x + x | x + y * x | x + x * y -> (y + 1) * x
x * y + x * z | y * x + x * z | x * y + z * x | y * x + z * x -> (y + z) * x
# quotient and remainder
x / c1 * c1 + truncmod(x, c1) -> x
x // y * y + x % y | y * (x // y) + x % y | x % y + x // y * y | x % y + y * (x // y) -> x
(x % c2 + c1) // c2 + x // c2 -> (x + c1) // c2 if c2 > 0
x // 2 + x % 2 => (x + 1) // 2
(x + c1) % 2 + x % 2 | x % 2 + (x + c1) % 2 -> 1 if c1 % 2 == 1
# constants to the right, min and max to the left
x + (c1 - y) | (c1 - y) + x => (x - y) + c1
(x + c1) + y | x + (c1 + y) | x + (y + c1) => (x + y) + c1
x + max(y, z) => max(y, z) + x
x + min(y, z) => min(y, z) + x
truncmod(y, c1) + x * c1 => x * c1 + truncmod(y, c1)
y % c1 + x * c1 => x * c1 + y % c1
)";

constexpr std::string_view kAddAny = R"(
select(x, b1, b2) + select(x, s1, s2) -> select(x, b1 + s1, b2 + s2)
)";

constexpr std::string_view kSubVector = R"(
ramp(b1, s1) - ramp(b2, s2) -> ramp(b1 - b2, s1 - s2)
ramp(b1, s1) - broadcast(x) -> ramp(b1 - x, s1)
broadcast(x) - ramp(b1, s1) -> ramp(x - b1, 0 - s1)
broadcast(x) - broadcast(y) -> broadcast(x - y)
)";

constexpr std::string_view kSubIndex = R"(
# cancellation
(x + y) - y | (y + x) - y -> x
x - (y + x) | x - (x + y) -> 0 - y
min(x, y) - y | x - max(y, x) -> min(x - y, 0)
x - max(x, y) | min(y, x) - y -> min(0, x - y)
max(x, y) - y | x - min(y, x) -> max(x - y, 0)
x - min(x, y) | max(y, x) - y -> max(0, x - y)
# common factors
x - x -> 0
x * y - x | y * x - x -> (y - 1) * x
x - y * x | x - x * y -> (1 - y) * x
x * y - x * z | y * x - x * z | x * y - z * x | y * x - z * x -> (y - z) * x
# constants
(x + c1) - c2 -> x + (c1 - c2)
(c1 - x) - (c2 - y) -> (y - x) + (c1 - c2)
# cancellation of four
(x + y) - (x + z) | (x + y) - (z + x) | (y + x) - (z + x) | (y + x) - (x + z) -> y - z
min(x + y, z) - x | min(y + x, z) - x -> min(y, z - x)
min(z, x + y) - x | min(z, y + x) - x -> min(z - x, y)
max(x + y, z) - x | max(y + x, z) - x -> max(y, z - x)
max(z, x + y) - x | max(z, y + x) - x -> max(z - x, y)
x - min(x + y, z) | x - min(y + x, z) -> max(0 - y, x - z)
x - min(z, x + y) | x - min(z, y + x) -> max(x - z, 0 - y)
x - max(x + y, z) | x - max(y + x, z) -> min(0 - y, x - z)
x - max(z, x + y) | x - max(z, y + x) -> min(x - z, 0 - y)
min(x, y) - min(y, x) -> 0
max(x, y) - max(y, x) -> 0
min(b1, b2) - min(s1, s2) | min(b1, b2) - min(s2, s1) -> b1 - s1 if (b1 - s1) - (b2 - s2) == 0
max(b1, b2) - max(s1, s2) | max(b1, b2) - max(s2, s1) -> b1 - s1 if (b1 - s1) - (b2 - s2) == 0
# truncated quotient and remainder
x - x / c1 * c1 -> truncmod(x, c1) if c1 != 0
x / c1 * c1 - x -> 0 - truncmod(x, c1) if c1 != 0
x - (x + y) / c1 * c1 -> truncmod(x + y, c1) - y if c1 != 0
(x + y) / c1 * c1 - x -> y - truncmod(x + y, c1) if c1 != 0
x - (x - y) / c1 * c1 -> truncmod(x - y, c1) + y if c1 != 0
(x - y) / c1 * c1 - x -> 0 - truncmod(x - y, c1) - y if c1 != 0
x * c2 - x / c1 * c3 -> truncmod(x, c1) * c2 if c1 != 0 and c3 == c1 * c2
x / c1 * c3 - x * c2 -> 0 - truncmod(x, c1) * c2 if c1 != 0 and c3 == c1 * c2
x * c2 - (x + y) / c1 * c3 -> (truncmod(x + y, c1) - y) * c2 if c1 != 0 and c3 == c1 * c2
(x + y) / c1 * c3 - x * c2 -> (y - truncmod(x + y, c1)) * c2 if c1 != 0 and c3 == c1 * c2
x * c2 - (x - y) / c1 * c3 -> (truncmod(x - y, c1) + y) * c2 if c1 != 0 and c3 == c1 * c2
(x - y) / c1 * c3 - x * c2 -> (0 - truncmod(x - y, c1) - y) * c2 if c1 != 0 and c3 == c1 * c2
(x + c1) / c3 - (x + c2) / c3 -> (truncmod(x + c2 % c3, c3) + (c1 - c2)) / c3 if x >= -c2 and x >= -(c2 % c3) and c1 >= c2 and c3 > 0
(x + c1) / c3 - x / c3 -> (truncmod(x, c3) + c1) / c3 if x >= 0 and c1 >= 0 and c3 > 0
# floored quotient and remainder
x - x // c1 * c1 -> x % c1 if c1 != 0
x // c1 * c1 - x -> 0 - x % c1 if c1 != 0
x - (x + y) // c1 * c1 -> (x + y) % c1 - y if c1 != 0
(x + y) // c1 * c1 - x -> y - (x + y) % c1 if c1 != 0
x - (x - y) // c1 * c1 -> (x - y) % c1 + y if c1 != 0
(x - y) // c1 * c1 - x -> 0 - (x - y) % c1 - y if c1 != 0
(x + c1) // 2 - (x + c2) // 2 => x % 2 * (c1 % 2 - c2 % 2) + (c1 // 2 - c2 // 2)
x // 2 - (x + c2) // 2 => x % 2 * (0 - c2 % 2) - c2 // 2
(x + c1) // 2 - x // 2 => x % 2 * (c1 % 2) + c1 // 2
x * c2 - x // c1 * c3 -> x % c1 * c2 if c1 != 0 and c3 == c1 * c2
x // c1 * c3 - x * c2 -> 0 - x % c1 * c2 if c1 != 0 and c3 == c1 * c2
x * c2 - (x + y) // c1 * c3 -> ((x + y) % c1 - y) * c2 if c1 != 0 and c3 == c1 * c2
(x + y) // c1 * c3 - x * c2 -> (y - (x + y) % c1) * c2 if c1 != 0 and c3 == c1 * c2
x * c2 - (x - y) // c1 * c3 -> ((x - y) % c1 + y) * c2 if c1 != 0 and c3 == c1 * c2
(x - y) // c1 * c3 - x * c2 -> (0 - (x - y) % c1 - y) * c2 if c1 != 0 and c3 == c1 * c2
(x + 1) // 2 - x % 2 => x // 2
(x + c1) // c3 - (x + c2) // c3 -> ((x + c2 % c3) % c3 + (c1 - c2)) // c3 if c3 > 0
(x + c1) // c3 - x // c3 -> (x % c3 + c1) // c3 if c3 > 0
# constants to the right, sums before differences
x - c1 -> x + (0 - c1)
(x + c1) - y => (x - y) + c1
x - (y + c1) => (x - y) + (0 - c1)
x - (y - z) => (x + z) - y
x - y * c1 => x + y * (0 - c1)
)";

// Where the type is not an index's, of operands without side effects.
constexpr std::string_view kSubOther = R"(
x - x -> 0
(x + y) - y -> x
(x + y) - x -> y
x - (y + x) -> 0 - y
x - (x + y) -> 0 - y
)";

constexpr std::string_view kSubAny = R"(
select(x, b1, b2) - select(x, s1, s2) -> select(x, b1 - s1, b2 - s2)
select(x, y, z) - z -> select(x, y - z, 0)
select(x, y, z) - y -> select(x, 0, z - y)
)";

constexpr std::string_view kMulVector = R"(
broadcast(x) * broadcast(y) -> broadcast(x * y)
ramp(b1, s1) * broadcast(x) | broadcast(x) * ramp(b1, s1) -> ramp(b1 * x, s1 * x)
)";

constexpr std::string_view kMulIndex = R"(
(x + c1) * c2 -> x * c2 + c1 * c2
(x * c1) * c2 -> x * (c1 * c2)
min(x, y) * max(x, y) | max(x, y) * min(x, y) -> x * y
(x - x % c2) // c1 * c1 -> x - x % c2 if c1 == -c2
x * (c1 * y) => (x * y) * c1
c1 * x => x * c1
(x - y) * c1 => (y - x) * (0 - c1) if c1 < 0
)";

}  // namespace

std::string_view sum_rules(RuleSet set) {
  switch (set) {
    case RuleSet::AddVector: return kAddVector;
    case RuleSet::AddIndex: return kAddIndex;
    case RuleSet::AddAny: return kAddAny;
    case RuleSet::SubVector: return kSubVector;
    case RuleSet::SubIndex: return kSubIndex;
    case RuleSet::SubOther: return kSubOther;
    case RuleSet::SubAny: return kSubAny;
    case RuleSet::MulVector: return kMulVector;
    case RuleSet::MulIndex: return kMulIndex;
    default: return {};
  }
}

}  // namespace loopglass::arith
