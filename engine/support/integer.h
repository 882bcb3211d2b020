// Integer arithmetic: floor division, gcd, and addition and multiplication that know infinity.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <utility>

namespace loopglass {

// Requires: b != 0. INT64_MIN / -1 wraps.
constexpr int64_t trunc_div(int64_t a, int64_t b) { return b == -1 ? static_cast<int64_t>(0 - static_cast<uint64_t>(a)) : a / b; }
constexpr int64_t trunc_mod(int64_t a, int64_t b) { return b == -1 ? 0 : a % b; }
constexpr int64_t floor_div(int64_t a, int64_t b) {
  const int64_t q = trunc_div(a, b), r = trunc_mod(a, b);
  return r != 0 && (r < 0) != (b < 0) ? q - 1 : q;
}
constexpr int64_t ceil_div(int64_t a, int64_t b) { return -floor_div(-a, b); }
constexpr int64_t floor_mod(int64_t a, int64_t b) {
  const int64_t r = trunc_mod(a, b);
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

constexpr int64_t wrapping_add(int64_t a, int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b)); }
constexpr int64_t wrapping_sub(int64_t a, int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b)); }
constexpr int64_t wrapping_mul(int64_t a, int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b)); }

// gcd(0, x) = |x|. (Of INT64_MIN, whose absolute value does not fit, 2^62 stands in: a divisor all the same.)
constexpr int64_t gcd(int64_t a, int64_t b) {
  const auto magnitude = [](int64_t x) { return x == INT64_MIN ? int64_t{1} << 62 : x < 0 ? -x : x; };
  return std::gcd(magnitude(a), magnitude(b));
}

// a*x + b*y = gcd.
struct Bezout {
  int64_t gcd, x, y;
};
constexpr Bezout extended_euclid(int64_t a, int64_t b) {
  int64_t s = 0, old_s = 1, r = b, old_r = a >= 0 ? a : -a;
  while (r != 0) {
    const int64_t q = old_r / r;
    old_r = std::exchange(r, old_r - q * r);
    old_s = std::exchange(s, old_s - q * s);
  }
  const int64_t x = a >= 0 ? old_s : -old_s;
  return {old_r, x, b != 0 ? (old_r - x * a) / b : 0};
}

}  // namespace loopglass
