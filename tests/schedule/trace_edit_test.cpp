// Traces changed after the fact: what still applies, what does not and why, and what nothing needs.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/schedule/trace_edit.h"
#include "tests/schedule/programs.h"
#include "tests/schedule/schedule_case.h"

namespace loopglass::tests {
namespace {

using schedule::EditedTrace;
using schedule::Schedule;
using schedule::TraceStep;

const char kCourse[] =
    "Y = sch.get_sblock(\"Y\")\ni, j, k = sch.get_loops(Y)\nj_0, j_1 = sch.split(j, [None, 5])\nsch.reorder(i, j_0, k, "
    "j_1)\n"
    "C = sch.get_sblock(\"C\")\nsch.reverse_compute_at(C, j_0)\nsch.decompose_reduction(Y, k)";
enum Place { kGetY, kLoops, kSplit, kReorder, kGetC, kPlace, kDecompose };

std::vector<TraceStep> course_steps() { return schedule::steps_of(replay(kCourse).schedule.trace()); }
EditedTrace edited(std::vector<TraceStep> steps) {
  return schedule::replay_steps(Schedule(matmul_relu()), std::move(steps));
}
std::string refusals(const EditedTrace& trace) {
  std::string text;
  for (const auto& outcome : trace.outcomes) text += outcome.made ? '.' : outcome.step.on ? 'x' : 'o';
  return text;
}

TEST(TraceEdit, UnchangedStepsEndAtTheSameProgram) {
  const Schedule want = replay(kCourse).schedule;
  const EditedTrace got = edited(course_steps());
  EXPECT_EQ(refusals(got), ".......");
  EXPECT_EQ(to_text(got.schedule.module()), to_text(want.module()));
  EXPECT_EQ(schedule::trace_to_json(got.schedule.trace()), schedule::trace_to_json(want.trace()));
}

TEST(TraceEdit, AStepThatIsOffTakesAlongWhatNeedsIt) {
  std::vector<TraceStep> steps = course_steps();
  steps[kSplit].on = false;
  const EditedTrace got = edited(steps);
  EXPECT_EQ(refusals(got), "..ox.x.");
  ASSERT_TRUE(got.outcomes[kReorder].refusal);
  EXPECT_EQ(got.outcomes[kReorder].refusal->message, "reorder needs what split gives, which is off");
  // Switched on again, everything is as it was.
  std::vector<TraceStep> again;
  for (const auto& outcome : got.outcomes) again.push_back(outcome.step);
  again[kSplit].on = true;
  const EditedTrace back = edited(again);
  EXPECT_EQ(refusals(back), ".......");
  EXPECT_EQ(to_text(back.schedule.module()), to_text(replay(kCourse).schedule.module()));
}

TEST(TraceEdit, ADeletedStepIsNamedByWhatNeededIt) {
  std::vector<TraceStep> steps = course_steps();
  steps.erase(steps.begin() + kSplit);
  const EditedTrace got = edited(steps);
  EXPECT_EQ(refusals(got), "..x.x.");
  EXPECT_EQ(got.outcomes[2].refusal->kind, DiagnosticKind::StaleReference);
  EXPECT_EQ(got.outcomes[2].refusal->message, "reorder needs a loop or block which no step of this trace gives");
}

TEST(TraceEdit, AMovedStepTakesItsQueriesAlong) {
  std::vector<TraceStep> steps = course_steps();
  std::rotate(steps.begin() + kGetC, steps.begin() + kPlace,
              steps.begin() + kPlace + 1);  // reverse_compute_at before get_sblock("C")
  const EditedTrace got = edited(steps);
  EXPECT_EQ(refusals(got), ".......");
  EXPECT_STREQ(got.outcomes[4].step.instruction.primitive->name, "get_sblock");
  EXPECT_STREQ(got.outcomes[5].step.instruction.primitive->name, "reverse_compute_at");
}

TEST(TraceEdit, AStepBeforeWhatItNeedsIsRefused) {
  std::vector<TraceStep> steps = course_steps();
  std::rotate(steps.begin() + kSplit, steps.begin() + kReorder, steps.begin() + kReorder + 1);
  const EditedTrace got = edited(steps);
  ASSERT_TRUE(got.outcomes[kSplit].refusal);
  EXPECT_EQ(got.outcomes[kSplit].refusal->message, "reorder needs what split gives only later");
}

TEST(TraceEdit, AnEditedStepKeepsTheNamesOfTheRest) {
  std::vector<TraceStep> steps = course_steps();
  steps[kSplit].instruction.args[1] = {schedule::ValueList{{}, {int64_t{2}}}};
  const EditedTrace got = edited(steps);
  EXPECT_EQ(refusals(got), ".......");
  EXPECT_NE(to_text(got.schedule.module()).find("T.grid(12, 5)"), std::string::npos) << to_text(got.schedule.module());
}

TEST(TraceEdit, AQueryThatFindsNothingSaysSo) {
  std::vector<TraceStep> steps = schedule::steps_of(
      replay("c = sch.cache_read(\"Y\", 0, \"global\")\nl = sch.get_loops(\"A_global\")\nsch.parallel(l[0])")
          .schedule.trace());
  for (TraceStep& step : steps)
    if (std::string_view(step.instruction.primitive->name) == "cache_read") step.on = false;
  const EditedTrace got = edited(steps);
  ASSERT_TRUE(got.outcomes.back().refusal);
  EXPECT_EQ(got.outcomes.back().refusal->kind, DiagnosticKind::NotSingleResult);
}

TEST(TraceEdit, SimplifiedLeavesOutQueriesThatNothingUses) {
  const Schedule schedule = replay(
                                "Y = sch.get_sblock(\"Y\")\nl = sch.get_loops(Y)\nC = sch.get_sblock(\"C\")\nc = "
                                "sch.get_loops(C)\nsch.unroll(l[2])")
                                .schedule;
  const schedule::Trace trace = schedule::simplified(schedule.trace());
  ASSERT_EQ(trace.instructions.size(), 3u);
  const std::vector<std::string> as_tvm_names_them = {"b0 = sch.get_sblock(name=\"Y\", func_name=\"main\")", "l1, l2, l3 = sch.get_loops(block=b0)",
                                                      "sch.unroll(loop=l3)"};
  EXPECT_EQ(schedule::trace_to_python(trace), as_tvm_names_them);
  EXPECT_STREQ(trace.instructions.back().primitive->name, "unroll");
  const EditedTrace again = edited(schedule::steps_of(trace));
  EXPECT_EQ(to_text(again.schedule.module()), to_text(schedule.module()));
}

TEST(TraceEdit, IdleStepsAreFound) {
  const Schedule schedule = replay(
      "Y = sch.get_sblock(\"Y\")\ni, j, k = sch.get_loops(Y)\nsch.annotate(i, \"n\", 1)\nsch.reorder(i, j, k)\nj_0, j_1 = sch.split(j, [None, 5])\n"
      "f = sch.fuse(j_0, j_1)\nC = sch.get_sblock(\"C\")").schedule;
  const std::vector<TraceStep> kept = schedule::without_idle_steps(Schedule(matmul_relu()), schedule::steps_of(schedule.trace()));
  std::string names;
  for (const TraceStep& step : kept) names += std::string(step.instruction.primitive->name) + " ";
  EXPECT_EQ(names, "get_sblock get_loops annotate ") << "the reorder changes nothing, and the fuse takes the split back";
}

TEST(TraceEdit, DeadStepsAreFoundInAnyOrder) {
  const char steps[] =
      "C = sch.get_sblock(\"C\")\nc = sch.get_loops(C)\nu = sch.sample_categorical([1, 2], [0.5, 0.5], decision=0)\nY = sch.get_sblock(\"Y\")\nl = sch.get_loops(Y)\n"
      "v = sch.sample_perfect_tile(l[0], n=2, decision=[3, 4])\nsch.split(l[0], v)\nsch.enter_postproc()\nsch.annotate(C, \"n\", 1)";
  const schedule::Trace whole = replay(steps).schedule.trace();
  const std::vector<std::string> all = schedule::trace_to_python(schedule::simplified(whole)), searched = schedule::trace_to_python(schedule::simplified(whole, true));
  ASSERT_EQ(all.size(), 7u);
  EXPECT_EQ(all[3], "v5, v6 = sch.sample_perfect_tile(loop=l2, n=2, max_innermost_factor=16, decision=[3, 4])");
  ASSERT_EQ(searched.size(), 4u);
  EXPECT_EQ(searched[2], "v4, v5 = sch.sample_perfect_tile(loop=l1, n=2, max_innermost_factor=16, decision=[3, 4])");
}

// A step that draws is moved, edited and switched off like any other.
TEST(TraceEdit, DecisionsAreEdited) {
  const schedule::Schedule schedule =
      replay("l = sch.get_loops(sch.get_sblock(\"Y\"))\nv = sch.sample_perfect_tile(l[0], n=2, decision=[3, 4])\nsch.split(l[0], v)").schedule;
  std::vector<schedule::TraceStep> steps = schedule::steps_of(schedule.trace());
  schedule::Value& decision = steps[2].instruction.args[3];
  decision = {schedule::ValueList{{int64_t{6}}, {int64_t{2}}}};
  const schedule::EditedTrace changed = edited(steps);
  ASSERT_TRUE(changed.outcomes.back().made);
  EXPECT_NE(to_text(changed.schedule.module()).find("i_0 * 2 + i_1"), std::string::npos) << to_text(changed.schedule.module());
  steps[2].on = false;
  const schedule::EditedTrace off = edited(steps);
  ASSERT_TRUE(off.outcomes.back().refusal);
  EXPECT_EQ(off.outcomes.back().refusal->kind, DiagnosticKind::StaleReference);
}

}  // namespace
}  // namespace loopglass::tests
