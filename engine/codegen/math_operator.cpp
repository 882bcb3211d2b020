#include "engine/codegen/math_operator.h"

#include <algorithm>
#include <array>

namespace loopglass::codegen {

namespace {
using enum MathForm;
constexpr std::array kOperators{
    MathOperator{"abs", 1, Special, ""},
    MathOperator{"acos", 1, Library, "acos"},
    MathOperator{"acosh", 1, Library, "acosh"},
    MathOperator{"asin", 1, Library, "asin"},
    MathOperator{"asinh", 1, Library, "asinh"},
    MathOperator{"atan", 1, Library, "atan"},
    MathOperator{"atan2", 2, Library, "atan2"},
    MathOperator{"atanh", 1, Library, "atanh"},
    MathOperator{"bitwise_and", 2, Special, ""},
    MathOperator{"bitwise_not", 1, Special, ""},
    MathOperator{"bitwise_or", 2, Special, ""},
    MathOperator{"bitwise_xor", 2, Special, ""},
    MathOperator{"ceil", 1, Intrinsic, "ceil"},
    MathOperator{"clz", 1, Special, ""},
    MathOperator{"copysign", 2, Intrinsic, "copysign"},
    MathOperator{"cos", 1, Intrinsic, "cos"},
    MathOperator{"cosh", 1, Library, "cosh"},
    MathOperator{"erf", 1, Library, "erf"},
    MathOperator{"exp", 1, Intrinsic, "exp"},
    MathOperator{"exp10", 1, Library, "exp10"},
    MathOperator{"exp2", 1, Intrinsic, "exp2"},
    MathOperator{"fabs", 1, Special, ""},
    MathOperator{"floor", 1, Intrinsic, "floor"},
    MathOperator{"fma", 3, Intrinsic, "fma"},
    MathOperator{"fmod", 2, Special, ""},
    MathOperator{"hypot", 2, Library, "hypot"},
    MathOperator{"infinity", 0, Special, ""},
    MathOperator{"isfinite", 1, Special, ""},
    MathOperator{"isinf", 1, Special, ""},
    MathOperator{"isnan", 1, Special, ""},
    MathOperator{"ldexp", 2, Special, ""},
    MathOperator{"log", 1, Intrinsic, "log"},
    MathOperator{"log10", 1, Intrinsic, "log10"},
    MathOperator{"log1p", 1, Library, "log1p"},
    MathOperator{"log2", 1, Intrinsic, "log2"},
    MathOperator{"nearbyint", 1, Intrinsic, "roundeven"},
    MathOperator{"nextafter", 2, Library, "nextafter"},
    MathOperator{"popcount", 1, Special, ""},
    MathOperator{"pow", 2, Intrinsic, "pow"},
    MathOperator{"power", 2, Intrinsic, "pow"},
    MathOperator{"reinterpret", 1, Special, ""},
    MathOperator{"round", 1, Intrinsic, "roundeven"},
    MathOperator{"rsqrt", 1, Special, ""},
    MathOperator{"shift_left", 2, Special, ""},
    MathOperator{"shift_right", 2, Special, ""},
    MathOperator{"sigmoid", 1, Special, ""},
    MathOperator{"sin", 1, Intrinsic, "sin"},
    MathOperator{"sinh", 1, Library, "sinh"},
    MathOperator{"sqrt", 1, Intrinsic, "sqrt"},
    MathOperator{"tan", 1, Library, "tan"},
    MathOperator{"tanh", 1, Library, "tanh"},
    MathOperator{"trunc", 1, Intrinsic, "trunc"},
};
static_assert(std::ranges::is_sorted(kOperators, {}, &MathOperator::name));
}  // namespace

const MathOperator* find_math_operator(std::string_view name) {
  const auto it = std::ranges::lower_bound(kOperators, name, {}, &MathOperator::name);
  return it != kOperators.end() && it->name == name ? &*it : nullptr;
}

}  // namespace loopglass::codegen
