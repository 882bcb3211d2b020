#include "engine/arith/rules.h"

namespace loopglass::arith {
namespace {

constexpr std::string_view kMinVector = R"(
min(broadcast(x), broadcast(y)) -> broadcast(min(x, y))
min(min(x, broadcast(y)), broadcast(z)) -> min(x, broadcast(min(y, z)))
)";

constexpr std::string_view kMinIndex = R"(
min(x, x) -> x
# constants that differ
min(x + c1, x + c2) -> x + c1 if c1 < c2
min(x + c1, x + c2) -> x + c2
min(x + c1, x) | min(x, x + c1) -> x + c1 if c1 < 0
min(x + c1, x) | min(x, x + c1) -> x
min(c1 - x, c2 - x) -> c1 - x if c1 < c2
min(c1 - x, c2 - x) -> c2 - x
# rounding
min((x + c1) / c2 * c2, x) | min(x, (x + c1) / c2 * c2) | min((x + c1) // c2 * c2, x) | min(x, (x + c1) // c2 * c2) -> x if c2 > 0 and c1 + 1 == c2
min((x + c1) / c2 * c2, max(x, c2)) | min(max(x, c2), (x + c1) / c2 * c2) | min((x + c1) // c2 * c2, max(x, c2)) | min(max(x, c2), (x + c1) // c2 * c2) -> max(x, c2) if c2 > 0 and c1 + 1 == c2 and x >= 1
min(x, x // c2 * c2) | min(x // c2 * c2, x) -> x // c2 * c2 if c2 > 0
# repeated operands
min(max(x, y), min(x, y)) | min(max(x, y), min(y, x)) | min(min(x, y), max(x, y)) | min(min(x, y), max(y, x)) | min(min(x, y), x) | min(min(x, y), y) | min(x, min(x, y)) | min(y, min(x, y)) -> min(x, y)
min(max(x, y), x) | min(max(y, x), x) | min(x, max(x, y)) | min(x, max(y, x)) -> x
min(min(min(x, y), z), y) -> min(min(x, y), z)
min(min(min(min(x, y), z), s1), y) -> min(min(min(x, y), z), s1)
min(min(min(min(min(x, y), z), s1), s2), y) -> min(min(min(min(x, y), z), s1), s2)
# distribution
min(max(x, y), max(x, z)) | min(max(x, y), max(z, x)) | min(max(y, x), max(x, z)) | min(max(y, x), max(z, x)) -> max(min(y, z), x)
min(min(x, y), min(x, z)) | min(min(x, y), min(z, x)) | min(min(y, x), min(x, z)) | min(min(y, x), min(z, x)) -> min(min(y, z), x)
min(y + x, z + x) | min(y + x, x + z) | min(x + y, x + z) | min(x + y, z + x) -> min(y, z) + x
min(y - x, z - x) -> min(y, z) - x
min(x - y, x - z) -> x - max(y, z)
min(min(x, c1), c2) -> min(x, min(c1, c2))
# scaling
min(x / c1, y / c1) -> min(x, y) / c1 if c1 > 0
min(x / c1, y / c1) -> max(x, y) / c1
min(x // c1, y // c1) -> min(x, y) // c1 if c1 > 0
min(x // c1, y // c1) -> max(x, y) // c1
min(x * c1, y * c1) -> min(x, y) * c1 if c1 > 0
min(x * c1, y * c1) -> max(x, y) * c1
min(x * c1, c2) -> min(x, c2 / c1) * c1 if c1 > 0 and c2 % c1 == 0
min(x * c1, c2) -> max(x, c2 / c1) * c1 if c1 < 0 and c2 % c1 == 0
# constants to the right
min(min(x, c1), y) => min(min(x, y), c1)
min(c1 - x, c2) => c1 - max(x, c1 - c2) if c2 != 0
)";

constexpr std::string_view kMinAny = R"(
min(select(x, y, z), select(x, s1, s2)) -> select(x, min(y, s1), min(z, s2))
)";

constexpr std::string_view kMaxVector = R"(
max(broadcast(x), broadcast(y)) -> broadcast(max(x, y))
max(max(x, broadcast(y)), broadcast(z)) -> max(x, broadcast(max(y, z)))
)";

constexpr std::string_view kMaxIndex = R"(
max(x, x) -> x
# constants that differ
max(x + c1, x + c2) -> x + c1 if c1 > c2
max(x + c1, x + c2) -> x + c2
max(x + c1, x) | max(x, x + c1) -> x + c1 if c1 > 0
max(x + c1, x) | max(x, x + c1) -> x
max(c1 - x, c2 - x) -> c1 - x if c1 > c2
max(c1 - x, c2 - x) -> c2 - x
# rounding
max((x + c1) / c2 * c2, x) | max(x, (x + c1) / c2 * c2) -> (x + c1) / c2 * c2 if c2 > 0 and c1 + 1 == c2
max((x + c1) // c2 * c2, x) | max(x, (x + c1) // c2 * c2) -> (x + c1) // c2 * c2 if c2 > 0 and c1 + 1 == c2
max(x // c2 * c2, x) | max(x, x // c2 * c2) -> x if c2 > 0
# repeated operands
max(min(x, y), x) | max(min(y, x), x) | max(x, min(x, y)) | max(x, min(y, x)) -> x
max(min(x, y), max(x, y)) | max(min(x, y), max(y, x)) | max(max(x, y), min(x, y)) | max(max(x, y), min(y, x)) | max(max(x, y), x) | max(max(x, y), y) | max(x, max(x, y)) | max(y, max(x, y)) -> max(x, y)
max(max(max(x, y), z), y) -> max(max(x, y), z)
max(max(max(max(x, y), z), s1), y) -> max(max(max(x, y), z), s1)
max(max(max(max(max(x, y), z), s1), s2), y) -> max(max(max(max(x, y), z), s1), s2)
# distribution
max(max(x, y), max(x, z)) | max(max(x, y), max(z, x)) | max(max(y, x), max(x, z)) | max(max(y, x), max(z, x)) -> max(max(y, z), x)
max(min(x, y), min(x, z)) | max(min(x, y), min(z, x)) | max(min(y, x), min(x, z)) | max(min(y, x), min(z, x)) -> min(max(y, z), x)
max(y + x, z + x) | max(y + x, x + z) | max(x + y, x + z) | max(x + y, z + x) -> max(y, z) + x
max(y - x, z - x) -> max(y, z) - x
max(x - y, x - z) -> x - min(y, z)
max(max(x, c1), c2) -> max(x, max(c1, c2))
# scaling
max(x / c1, y / c1) -> max(x, y) / c1 if c1 > 0
max(x / c1, y / c1) -> min(x, y) / c1
max(x // c1, y // c1) -> max(x, y) // c1 if c1 > 0
max(x // c1, y // c1) -> min(x, y) // c1
max(x * c1, y * c1) -> max(x, y) * c1 if c1 > 0
max(x * c1, y * c1) -> min(x, y) * c1
max(x * c1, c2) -> max(x, c2 / c1) * c1 if c1 > 0 and c2 % c1 == 0
max(x * c1, c2) -> min(x, c2 / c1) * c1 if c1 < 0 and c2 % c1 == 0
# constants to the right
max(max(x, c1), y) => max(max(x, y), c1)
max(c1 - x, c2) => c1 - min(x, c1 - c2) if c2 != 0
)";

constexpr std::string_view kMaxAny = R"(
max(select(x, y, z), select(x, s1, s2)) -> select(x, max(y, s1), max(z, s2))
)";

}  // namespace

std::string_view extremum_rules(RuleSet set) {
  switch (set) {
    case RuleSet::MinVector: return kMinVector;
    case RuleSet::MinIndex: return kMinIndex;
    case RuleSet::MinAny: return kMinAny;
    case RuleSet::MaxVector: return kMaxVector;
    case RuleSet::MaxIndex: return kMaxIndex;
    case RuleSet::MaxAny: return kMaxAny;
    default: return {};
  }
}

}  // namespace loopglass::arith
