#include "engine/arith/rules.h"

namespace loopglass::arith {
namespace {

constexpr std::string_view kDivVector = R"(
broadcast(x) / broadcast(y) -> broadcast(x / y)
)";

// Truncation towards zero moves through a sum only where nothing is negative.
constexpr std::string_view kDivIndex = R"(
x / c1 / c2 -> x / (c1 * c2) if c1 > 0 and c2 > 0
(x / c1 + c2) / c3 -> (x + c1 * c2) / (c1 * c3) if c1 > 0 and c2 >= 0 and c3 > 0 and x >= 0
x * c1 / c2 -> x * (c1 / c2) if c1 > 0 and c2 > 0 and c1 % c2 == 0
x * c1 / c2 -> x / (c2 / c1) if c1 > 0 and c2 > 0 and c2 % c1 == 0
x / x -> 1
x * c1 / x | c1 * x / x -> c1
# two operands
(x * c1 + y) / c2 -> x * (c1 / c2) + y / c2 if c1 >= 0 and c2 > 0 and c1 % c2 == 0 and x >= 0 and y >= 0
min(x * c1, y) / c2 -> min(x * (c1 / c2), y / c2) if c1 >= 0 and c2 > 0 and c1 % c2 == 0 and x >= 0 and y >= 0
max(x * c1, y) / c2 -> max(x * (c1 / c2), y / c2) if c1 >= 0 and c2 > 0 and c1 % c2 == 0 and x >= 0 and y >= 0
(y + x * c1) / c2 -> y / c2 + x * (c1 / c2) if c1 >= 0 and c2 > 0 and c1 % c2 == 0 and x >= 0 and y >= 0
min(y, x * c1) / c2 -> min(y / c2, x * (c1 / c2)) if c1 >= 0 and c2 > 0 and c1 % c2 == 0 and x >= 0 and y >= 0
max(y, x * c1) / c2 -> max(y / c2, x * (c1 / c2)) if c1 >= 0 and c2 > 0 and c1 % c2 == 0 and x >= 0 and y >= 0
# three operands
(x * c1 + y + z) / c2 -> x * (c1 / c2) + (y + z) / c2 if c1 >= 0 and c2 > 0 and c1 % c2 == 0 and x >= 0 and y + z >= 0
(x * c1 - y + z) / c2 -> x * (c1 / c2) + (z - y) / c2 if c1 >= 0 and c2 > 0 and c1 % c2 == 0 and x >= 0 and z - y >= 0
(x * c1 + y - z) / c2 -> x * (c1 / c2) + (y - z) / c2 if c1 >= 0 and c2 > 0 and c1 % c2 == 0 and x >= 0 and y - z >= 0
(y + x * c1 + z) / c2 -> x * (c1 / c2) + (y + z) / c2 if c1 > 0 and c2 > 0 and c1 % c2 == 0 and x >= 0 and y + z >= 0
(x + c1) / c2 -> x / c2 + c1 / c2 if c1 > 0 and c2 > 0 and c1 % c2 == 0 and x >= 0
(x + y) / x | (y + x) / x -> y / x + 1 if x >= 0 and y >= 0
((x + y) + z) / x | ((y + x) + z) / x | (y + (z + x)) / x | (y + (x + z)) / x -> (y + z) / x + 1 if x >= 0 and y + z >= 0
x * y / y | y * x / y -> x if x >= 0 and y >= 0
(x * z + y) / z | (z * x + y) / z -> x + y / z if x >= 0 and y >= 0 and z >= 0
(y + x * z) / z | (y + z * x) / z -> y / z + x if x >= 0 and y >= 0 and z >= 0
)";

constexpr std::string_view kModVector = R"(
truncmod(broadcast(x), broadcast(y)) -> broadcast(truncmod(x, y))
)";

constexpr std::string_view kModIndex = R"(
truncmod(x * c1, c2) -> 0 if c2 != 0 and c1 % c2 == 0
truncmod(x * c1 + y, c2) -> truncmod(y, c2) if c2 > 0 and c1 % c2 == 0 and x * c1 >= 0 and y >= 0
truncmod(x + c1, c2) -> truncmod(x, c2) if c2 > 0 and c1 >= 0 and c1 % c2 == 0 and x >= 0
truncmod(x + y * c1, c2) -> truncmod(x, c2) if c2 > 0 and c1 % c2 == 0 and x >= 0 and y * c1 >= 0
truncmod(x, c1) => truncmod(x, 0 - c1) if c1 < 0
)";

constexpr std::string_view kFloorDivVector = R"(
broadcast(x) // broadcast(y) -> broadcast(x // y)
)";

constexpr std::string_view kFloorDivFirst = R"(
x // c1 // c2 -> x // (c1 * c2) if c1 > 0 and c2 > 0
(x // c1 + c2) // c3 -> (x + c1 * c2) // (c1 * c3) if c1 > 0 and c3 > 0
)";

constexpr std::string_view kFloorDivIndex = R"(
x // x -> 1
x * c1 // x | c1 * x // x -> c1
(x % 2 + 1) // 2 -> x % 2
# two operands
min(x * c1, y) // c2 -> min(x * (c1 // c2), y // c2) if c2 > 0 and c1 % c2 == 0
max(x * c1, y) // c2 -> max(x * (c1 // c2), y // c2) if c2 > 0 and c1 % c2 == 0
min(y, x * c1) // c2 -> min(y // c2, x * (c1 // c2)) if c2 > 0 and c1 % c2 == 0
max(y, x * c1) // c2 -> max(y // c2, x * (c1 // c2)) if c2 > 0 and c1 % c2 == 0
# three operands
(x * c1 + y + z) // c2 -> x * (c1 // c2) + (y + z) // c2 if c2 > 0 and c1 % c2 == 0
(x * c1 + y + z) // c2 -> x // (c2 // c1) if c1 > 0 and c2 > 0 and c2 % c1 == 0 and (y + z) // c1 == 0
(x * c1 - y + z) // c2 | (x * c1 + z - y) // c2 -> x * (c1 // c2) + (z - y) // c2 if c2 > 0 and c1 % c2 == 0
(y + x * c1 + z) // c2 -> x * (c1 // c2) + (y + z) // c2 if c2 > 0 and c1 % c2 == 0
(x + c1) // c2 -> x // c2 + c1 // c2 if c2 > 0 and c1 % c2 == 0
(x + c1) // c2 -> c1 // c2 if c1 > 0 and c2 > 0 and x >= -(c1 % c2) and x < c2 - c1 % c2
x * c1 // (x * c2) -> c1 // c2 if c2 > 0
(x + y) // x | (y + x) // x -> y // x + 1 if x >= 0
((x + y) + z) // x | ((y + x) + z) // x | (y + (z + x)) // x | (y + (x + z)) // x -> (y + z) // x + 1 if x >= 0
x * y // y | y * x // y -> x if y >= 0
(x * z + y) // z | (z * x + y) // z -> x + y // z if z >= 0
(y + x * z) // z | (y + z * x) // z -> y // z + x if z >= 0
(x * z * c1 + y) // (z * c1) -> x + y // (z * c1) if z * c1 >= 0
(x - x % c1) // c1 -> x // c1 if c1 != 0
)";

constexpr std::string_view kFloorModVector = R"(
broadcast(x) % broadcast(y) -> broadcast(x % y)
)";

constexpr std::string_view kFloorModIndex = R"(
x * c1 % c2 -> x * (c1 % c2) % c2 if c2 != 0
(x * c1 + y) % c2 -> x % (c2 // c1) * c1 + y if c1 > 0 and c2 > 0 and c2 % c1 == 0 and y // c1 == 0
(x * c1 + y) % c2 -> (x * (c1 % c2) + y) % c2 if c2 > 0 and c1 % c2 == 0
(x + c1) % c2 -> (x + c1 % c2) % c2 if c2 > 0 and (c1 >= c2 or c1 < 0)
(x + y * c1) % c2 -> (x + y * (c1 % c2)) % c2 if c2 > 0 and c1 % c2 == 0
x * c1 % (x * c2) -> x * (c1 % c2) if c2 != 0
x * y % y | y * x % y -> 0
(x + z % y) % y | (z % y + x) % y -> 0 if (x + z) % y == 0
(x - x % z) % y | (x % z - x) % y -> 0 if y - z == 0 or y + z == 0
(x * z * c1 + y) % (z * c1) -> y % (z * c1) if z * c1 >= 0
)";

}  // namespace

std::string_view quotient_rules(RuleSet set) {
  switch (set) {
    case RuleSet::DivVector: return kDivVector;
    case RuleSet::DivIndex: return kDivIndex;
    case RuleSet::ModVector: return kModVector;
    case RuleSet::ModIndex: return kModIndex;
    case RuleSet::FloorDivVector: return kFloorDivVector;
    case RuleSet::FloorDivFirst: return kFloorDivFirst;
    case RuleSet::FloorDivIndex: return kFloorDivIndex;
    case RuleSet::FloorModVector: return kFloorModVector;
    case RuleSet::FloorModIndex: return kFloorModIndex;
    default: return {};
  }
}

}  // namespace loopglass::arith
