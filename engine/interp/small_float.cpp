#include "engine/interp/small_float.h"

#include <bit>
#include <cmath>
#include <limits>

namespace loopglass::interp {

double float16_to_double(uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int fraction = bits & 1023;
  const double sign = bits & 0x8000 ? -1.0 : 1.0;
  if (exponent == 31) return fraction ? std::numeric_limits<double>::quiet_NaN() : sign * INFINITY;
  return exponent ? sign * std::ldexp(1024 + fraction, exponent - 25) : sign * std::ldexp(fraction, -24);
}

uint16_t double_to_float16(double value) {
  const uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  const double magnitude = std::fabs(value);
  if (std::isnan(value)) return sign | 0x7e00;
  if (magnitude >= 65520.0) return sign | 0x7c00;               // half way to 2^16 rounds up to infinity
  if (magnitude < std::ldexp(1.0, -14))                          // subnormal: a multiple of 2^-24
    return sign | static_cast<uint16_t>(std::nearbyint(std::ldexp(magnitude, 24)));
  const int exponent = std::ilogb(magnitude);
  const auto significand = static_cast<int>(std::nearbyint(std::ldexp(magnitude, 10 - exponent)));  // [1024, 2048]
  return sign | static_cast<uint16_t>(((exponent + 14) << 10) + significand);  // a carry moves into the exponent
}

double bfloat16_to_double(uint16_t bits) { return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16); }

// Rounds the double itself (8 significant bits, the exponents of float32), so that nothing is rounded twice.
uint16_t double_to_bfloat16(double value) {
  if (std::isnan(value)) return 0x7fc0;
  if (std::isinf(value) || value == 0) return static_cast<uint16_t>(std::bit_cast<uint32_t>(static_cast<float>(value)) >> 16);
  const int exponent = std::max(std::ilogb(value), -126);
  const double rounded = std::ldexp(std::nearbyint(std::ldexp(value, 7 - exponent)), exponent - 7);
  return static_cast<uint16_t>(std::bit_cast<uint32_t>(static_cast<float>(rounded)) >> 16);
}

double round_to(ir::DataType type, double value) {
  if (type.code == ir::TypeCode::BFloat) return bfloat16_to_double(double_to_bfloat16(value));
  if (type.bits == 64) return value;
  if (type.bits == 32) return static_cast<float>(value);
  return float16_to_double(double_to_float16(value));
}

}  // namespace loopglass::interp
