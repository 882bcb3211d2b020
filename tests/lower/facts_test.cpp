#include "engine/lower/facts.h"

#include <gtest/gtest.h>

#include "engine/ir/op.h"

namespace loopglass::lower {
namespace {

using namespace ir;

using Pair = std::pair<int64_t, int64_t>;
const Var i = make_var("i"), j = make_var("j"), x = make_var("x"), b = make_var("b", *parse_data_type("int8"));

Facts inside(int64_t i_extent, int64_t j_extent) {
  Facts facts;
  facts.ranges.bind(i.get(), {0, i_extent - 1});
  facts.ranges.bind(j.get(), {0, j_extent - 1});
  return facts;
}

TEST(Ranges, FollowsArithmetic) {
  const Facts facts = inside(32, 4);
  const auto range = [&](const Expr& e) { return std::pair(facts.ranges.of(e).min, facts.ranges.of(e).max); };
  EXPECT_EQ(range(add(mul(i, make_int(4)), j)), Pair(0, 127));
  EXPECT_EQ(range(sub(j, i)), Pair(-31, 3));
  EXPECT_EQ(range(floordiv(sub(i, make_int(5)), make_int(4))), Pair(-2, 6));
  EXPECT_EQ(range(floormod(sub(i, make_int(5)), make_int(4))), Pair(0, 3));
  EXPECT_EQ(range(div(sub(i, make_int(5)), make_int(4))), Pair(-1, 6));
}

TEST(Ranges, KnowsThatNarrowTypesWrap) {
  Facts facts;
  facts.ranges.bind(b.get(), {0, 100});
  const Expr twice = make_binary(ExprKind::Add, b, b);
  EXPECT_EQ(facts.ranges.of(twice).min, -128);
  EXPECT_FALSE(facts.ranges.is_exact(twice));
  EXPECT_FALSE(facts.proves_between(twice, 0, 200));
}

TEST(Ranges, DecidesConditions) {
  const Facts facts = inside(32, 4);
  EXPECT_EQ(facts.ranges.truth(lt(i, make_int(32))), true);
  EXPECT_EQ(facts.ranges.truth(ge(i, make_int(32))), false);
  EXPECT_EQ(facts.ranges.truth(lt(i, make_int(31))), std::nullopt);
  EXPECT_EQ(facts.ranges.truth(logical_or(lt(i, make_int(3)), lt(j, make_int(4)))), true);
  EXPECT_EQ(facts.ranges.truth(logical_and(lt(i, make_int(3)), gt(j, make_int(4)))), false);
}

TEST(Facts, UseTheConditionsAround) {
  Facts facts = inside(4, 16);
  const Expr at = add(mul(i, make_int(16)), j);
  EXPECT_FALSE(facts.proves_between(at, 0, 59));
  facts.assume(lt(at, make_int(60)));
  EXPECT_TRUE(facts.proves_between(at, 0, 59));
  EXPECT_FALSE(facts.proves_between(at, 0, 58));
  EXPECT_TRUE(facts.proves_between(add(mul(i, make_int(32)), add(mul(j, make_int(2)), make_int(1))), 0, 119));
  EXPECT_TRUE(facts.proves_between(floordiv(at, make_int(4)), 0, 14));
  EXPECT_FALSE(facts.proves_between(floordiv(at, make_int(4)), 0, 13));
}

TEST(Facts, UseConditionsThatDoNotHold) {
  Facts facts = inside(16, 16);
  facts.assume(logical_or(lt(i, make_int(1)), ge(j, make_int(9))), false);
  EXPECT_TRUE(facts.proves_between(sub(i, make_int(1)), 0, 14));
  EXPECT_TRUE(facts.proves_between(j, 0, 8));
  facts.assume(eq(i, x));
  EXPECT_TRUE(facts.proves_between(x, 1, 15));
}

}  // namespace
}  // namespace loopglass::lower
