#include "engine/interp/tensor.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/interp/scalar.h"
#include "engine/interp/small_float.h"

namespace loopglass::interp {
namespace {

TEST(SmallFloat, EveryFloat16SurvivesTheWayThroughDouble) {
  for (int bits = 0; bits < 0x10000; ++bits) {
    const double value = float16_to_double(static_cast<uint16_t>(bits));
    if (std::isnan(value)) EXPECT_TRUE(std::isnan(float16_to_double(double_to_float16(value))));
    else EXPECT_EQ(double_to_float16(value), bits);
  }
}

// The oracle is the compiler's own _Float16 conversion.
TEST(SmallFloat, Float16RoundsAsTheCompilersType) {
  for (double value = 1e-9; value < 1e6; value *= 1.0037)
    for (double signed_value : {value, -value})
      EXPECT_EQ(float16_to_double(double_to_float16(signed_value)), static_cast<double>(static_cast<_Float16>(signed_value))) << signed_value;
}

TEST(SmallFloat, Bfloat16TiesGoToEven) {
  EXPECT_EQ(round_to({ir::TypeCode::BFloat, 16}, 1.0 + 1.0 / 256), 1.0);
  EXPECT_EQ(round_to({ir::TypeCode::BFloat, 16}, 1.0 + 3.0 / 256), 1.0 + 1.0 / 64);
  EXPECT_EQ(round_to({ir::TypeCode::BFloat, 16}, 1.0 + 1.0 / 256 + 1e-12), 1.0 + 1.0 / 128);
  EXPECT_EQ(bfloat16_to_double(double_to_bfloat16(-INFINITY)), -INFINITY);
  EXPECT_EQ(round_to({ir::TypeCode::BFloat, 16}, std::ldexp(1.0, -133)), std::ldexp(1.0, -133));
}

TEST(Scalar, FloatToIntIsThisCpus) {
  const ir::DataType int8{ir::TypeCode::Int, 8}, uint8{ir::TypeCode::UInt, 8};
  EXPECT_EQ(float_to_int(ir::kInt32, -2.9), -2);
  EXPECT_EQ(float_to_int(ir::kInt32, 1e10), INT32_MIN);
  EXPECT_EQ(float_to_int(ir::kInt32, NAN), INT32_MIN);
  EXPECT_EQ(float_to_int(ir::kInt64, INFINITY), INT64_MIN);
  EXPECT_EQ(float_to_int(int8, 200.0), -56);
  EXPECT_EQ(float_to_int(uint8, 257.0), 1);
  EXPECT_EQ(float_to_int(ir::kBool, 0.5), 1);
}

TEST(Tensor, SeededValuesRepeatAndStayInRange) {
  Tensor a = make_tensor(ir::kFloat32, {100}), b = make_tensor(ir::kFloat32, {100});
  fill_random(a, 7);
  fill_random(b, 7);
  EXPECT_EQ(a.bytes, b.bytes);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(a.at(i) >= -1 && a.at(i) < 1);
  Tensor u = make_tensor({ir::TypeCode::UInt, 8}, {1000});
  fill_random(u, 7);
  for (int i = 0; i < 1000; ++i) EXPECT_LT(u.int_at(i), 16);
}

TEST(Tensor, KeepsUnsigned64BitPatterns) {
  Tensor t = make_tensor({ir::TypeCode::UInt, 64}, {1});
  store_int(t.dtype, t.bytes.data(), -1);
  EXPECT_EQ(t.int_at(0), -1);
  EXPECT_EQ(t.at(0), 18446744073709551615.0);
}

}  // namespace
}  // namespace loopglass::interp
