// float16 and bfloat16 as bit patterns, and rounding to every float type of TensorIR.
#pragma once

#include <cstdint>

#include "engine/ir/data_type.h"

namespace loopglass::interp {

// IEEE binary16 and bfloat16; rounding is to nearest, ties to even; NaN stays NaN.
double float16_to_double(uint16_t bits);
uint16_t double_to_float16(double value);
double bfloat16_to_double(uint16_t bits);
uint16_t double_to_bfloat16(double value);

// The value as the type can hold it.
double round_to(ir::DataType type, double value);

}  // namespace loopglass::interp
