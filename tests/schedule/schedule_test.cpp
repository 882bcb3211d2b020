// A schedule as a value: names for nodes, forwarding, what a person reads of a step.
#include "engine/schedule/schedule.h"

#include <gtest/gtest.h>

#include "engine/schedule/specs.h"
#include "engine/schedule/tree.h"
#include "tests/schedule/programs.h"

namespace loopglass::tests {
namespace {

using schedule::Schedule;
using schedule::Value;
using schedule::ValueList;

ir::NodePath path_of(const Schedule& s, const std::string& block, size_t loop) {
  const schedule::Place root = *schedule::place_at(s.module(), {"main", {}});
  for (const schedule::Place& place : schedule::all_blocks_below(root))
    if (place.block().name == block) return schedule::loops_above(place).at(loop).path();
  return {};
}

size_t instructions(const Schedule& s) { return s.trace().instructions.size(); }

TEST(NameNode, AsksOnceAndReuses) {
  const Schedule start(matmul_relu());
  const Result<Schedule::Named> j = start.name_node(path_of(start, "Y", 1));
  ASSERT_TRUE(j);
  EXPECT_EQ(instructions(j->schedule), 2u) << "get_sblock and get_loops";
  EXPECT_EQ(j->schedule.name_of(j->rv), "j");
  const Result<Schedule::Named> again = j->schedule.name_node(path_of(start, "Y", 1));
  EXPECT_EQ(instructions(again->schedule), 2u);
  EXPECT_EQ(*again->rv.as<schedule::LoopRV>(), *j->rv.as<schedule::LoopRV>());
  const Result<Schedule::Named> k = j->schedule.name_node(path_of(start, "Y", 2));
  EXPECT_EQ(instructions(k->schedule), 2u) << "get_loops has named all three";
  const Result<Schedule::Named> c = j->schedule.name_node(path_of(start, "C", 0));
  EXPECT_EQ(instructions(c->schedule), 4u);
}

TEST(NameNode, SplitLoopsHaveNamesAlready) {
  const Schedule start(matmul_relu());
  const Result<Schedule::Named> j = start.name_node(path_of(start, "Y", 1));
  const Result<Schedule::Step> split = j->schedule.apply(schedule::kSplit, {j->rv, {ValueList{{}, {int64_t{5}}}}});
  ASSERT_TRUE(split);
  const Result<Schedule::Named> inner = split->schedule.name_node(path_of(split->schedule, "Y", 2));
  EXPECT_EQ(instructions(inner->schedule), 3u);
  EXPECT_EQ(inner->schedule.name_of(inner->rv), "j_1");
  EXPECT_EQ(inner->schedule.path(inner->rv), path_of(split->schedule, "Y", 2));
  EXPECT_EQ(split->schedule.path(j->rv), std::nullopt) << "j is gone";
  EXPECT_EQ(start.trace().instructions.size(), 0u);
}

TEST(NameNode, RefusesWhatIsNoLoopOrBlock) {
  const Schedule start(matmul_relu());
  EXPECT_FALSE(start.name_node({"main", {9, 9}}));
  EXPECT_FALSE(start.name_node({"other", {}}));
}

TEST(Forwarding, ASplitLoopGoesToItsFirstPart) {
  const Schedule start(matmul_relu());
  const Result<Schedule::Named> i = start.name_node(path_of(start, "Y", 0));
  const Result<Schedule::Step> split = i->schedule.apply(schedule::kSplit, {i->rv, {ValueList{{}, {int64_t{4}}}}});
  ASSERT_EQ(split->forwarding.moved.size(), 1u);
  EXPECT_EQ(std::get<schedule::LoopRef>(split->forwarding.moved[0].first).var->name, "i");
  EXPECT_EQ(std::get<schedule::LoopRef>(split->forwarding.moved[0].second).var->name, "i_0");
}

TEST(Describe, ByTheProgramsNames) {
  const schedule::Replayed r = replay("y = sch.get_sblock(\"Y\")\ni, j, k = sch.get_loops(y)\nj_0, j_1 = sch.split(j, [None, 5])\nsch.reorder(i, j_0, k, j_1)\n"
                                      "sch.reverse_compute_at(\"C\", j_0)\nsch.decompose_reduction(y, k)");
  ASSERT_FALSE(r.error) << r.error->message;
  const std::vector<schedule::Instruction>& steps = r.schedule.trace().instructions;
  std::vector<std::string> texts;
  for (const schedule::Instruction& step : steps) texts.push_back(describe(r.schedule, step));
  EXPECT_EQ(texts, (std::vector<std::string>{"get_sblock(\"Y\", func_name=\"main\")", "get_loops(Y)", "split(j, [None, 5])", "reorder(i, j_0, k, j_1)",
                                              "get_sblock(\"C\", func_name=\"main\")", "reverse_compute_at(C, j_0)", "decompose_reduction(Y, k)"}));
}

TEST(Apply, RefusesForeignVariables) {
  const Schedule start(matmul_relu());
  const Result<Schedule::Step> step = start.apply(schedule::kUnroll, {{schedule::LoopRV{7}}});
  ASSERT_FALSE(step);
  EXPECT_EQ(step.error().kind, DiagnosticKind::BadArgument);
}

}  // namespace
}  // namespace loopglass::tests
