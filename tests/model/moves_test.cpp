#include "app/model/moves.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/model/program.h"

namespace loopglass::app {
namespace {

const Move* find_move(const std::vector<Move>& moves, std::string_view name) {
  const auto it = std::ranges::find_if(moves, [&](const Move& m) { return m.primitive->name == name; });
  return it == moves.end() ? nullptr : &*it;
}

TEST(Moves, AReductionLoopIsRefusedParallelWithTheTwoIterations) {
  const schedule::Schedule schedule = opened_program().at(0)->schedule;
  const std::vector<Move> moves = legal_moves(schedule, loop_named(schedule.module(), "k"));
  ASSERT_TRUE(find_move(moves, "parallel"));
  ASSERT_TRUE(find_move(moves, "parallel")->refusal);
  EXPECT_TRUE(find_move(moves, "parallel")->refusal->witness);
  EXPECT_FALSE(find_move(moves, "decompose_reduction")->refusal);
  EXPECT_FALSE(find_move(moves, "split")->refusal);
  EXPECT_TRUE(find_move(moves, "compute_at") == nullptr) << "a block's move";
}

TEST(Moves, ABlockHasItsOwn) {
  const schedule::Schedule schedule = opened_program().at(0)->schedule;
  const std::vector<Move> moves = legal_moves(schedule, block_named(schedule.module(), "C"));
  EXPECT_TRUE(find_move(moves, "reverse_compute_at"));
  EXPECT_FALSE(find_move(moves, "split"));
  ASSERT_TRUE(find_move(moves, "compute_inline"));
  EXPECT_TRUE(find_move(moves, "compute_inline")->refusal) << "C is the output";
}

TEST(Moves, DivisorsLeaveOutOneAndTheWhole) {
  EXPECT_EQ(divisors(12), (std::vector<int64_t>{2, 3, 4, 6}));
  EXPECT_TRUE(divisors(13).empty());
  EXPECT_TRUE(divisors(1).empty());
}

}  // namespace
}  // namespace loopglass::app
