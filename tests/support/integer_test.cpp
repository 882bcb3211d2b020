#include "engine/support/integer.h"

#include <gtest/gtest.h>

namespace loopglass {
namespace {

TEST(Integer, DivisionFloorsOrTruncates) {
  EXPECT_EQ(floor_div(-7, 3), -3);
  EXPECT_EQ(floor_mod(-7, 3), 2);
  EXPECT_EQ(floor_div(7, -3), -3);
  EXPECT_EQ(floor_mod(7, -3), -2);
  EXPECT_EQ(trunc_div(-7, 3), -2);
  EXPECT_EQ(trunc_mod(-7, 3), -1);
  EXPECT_EQ(floor_div(INT64_MIN, -1), INT64_MIN);
  EXPECT_EQ(ceil_div(7, 3), 3);
  EXPECT_EQ(ceil_div(6, 3), 2);
  EXPECT_EQ(ceil_div(-7, 3), -2);
}

}  // namespace
}  // namespace loopglass
