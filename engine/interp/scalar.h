// Values of one element: how each type is kept in memory, and what its arithmetic does at the edges (wrap-around, floor division, casts).
// Integers are held as int64_t (uint64 as its bit pattern), floats as double rounded to their type.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/ir/data_type.h"

namespace loopglass::interp {

int64_t load_int(ir::DataType type, const std::byte* at);
void store_int(ir::DataType type, std::byte* at, int64_t value);
double load_float(ir::DataType type, const std::byte* at);
void store_float(ir::DataType type, std::byte* at, double value);

// The integer as its type holds it: the low bits, sign-extended for signed types.
struct Wrap {
  int shift;
  bool is_signed;
  explicit Wrap(ir::DataType type) : shift(64 - type.bits), is_signed(type.is_int()) {}
  int64_t operator()(uint64_t value) const {
    return is_signed ? static_cast<int64_t>(value << shift) >> shift : static_cast<int64_t>(value << shift >> shift);
  }
};

// Truncates towards zero. What does not fit (NaN, infinities, 1e10 as int32) gives the smallest value, as this CPU's conversion does;
// types below 32 bits wrap from int32.
int64_t float_to_int(ir::DataType to, double value);
double int_to_float(ir::DataType from, ir::DataType to, int64_t value);

}  // namespace loopglass::interp
