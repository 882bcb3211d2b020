#include "app/model/history_edit.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/model/project.h"
#include "engine/ir/structural_equal.h"
#include "engine/schedule/replay.h"
#include "tests/model/program.h"

namespace loopglass::app {
namespace {

// The program that opens first has a branch of its own: 1 split, 2 reorder, 3 reverse_compute_at, 4 decompose_reduction.
History at_end() { return opened_program().at_cursor(4); }

// The steps from the root to the cursor, skipped ones in brackets.
std::string steps(const History& history) {
  std::string text;
  for (int id = history.current()->id; history.at(id)->parent >= 0; id = history.at(id)->parent) {
    const Version& version = *history.at(id);
    const std::string name = version.primitive->name;
    text = (version.skipped ? "[" + name + "]" : name) + (text.empty() ? "" : " ") + text;
  }
  return text;
}

const ir::Module& module(const History& history) { return history.current()->schedule.module(); }

TEST(HistoryEdit, AStepIsSwitchedOffAndOn) {
  const History start = at_end();
  const Result<History> off = with_step_switched(start, 3, false);
  ASSERT_TRUE(off) << off.error().message;
  EXPECT_EQ(steps(*off), "split reorder [reverse_compute_at] decompose_reduction");
  EXPECT_EQ(off->versions().size(), start.versions().size() + 2) << "what comes before the edit is shared";
  const int skipped = off->current()->parent;
  EXPECT_FALSE(off->at(skipped)->skipped->reason) << "a person did it";
  const Result<History> on = with_step_switched(*off, skipped, true);
  ASSERT_TRUE(on) << on.error().message;
  EXPECT_EQ(on->current()->id, 4) << "the same steps are the same versions";
}

TEST(HistoryEdit, WhatNoLongerAppliesStandsWithItsReason) {
  const Result<History> off = with_step_switched(at_end(), 1, false);
  ASSERT_TRUE(off) << off.error().message;
  EXPECT_EQ(steps(*off), "[split] [reorder] [reverse_compute_at] decompose_reduction");
  const Version& reorder = *off->at(off->at(off->current()->parent)->parent);
  ASSERT_TRUE(reorder.skipped->reason);
  EXPECT_EQ(reorder.skipped->reason->message, "reorder needs what split gives, which is off");
  EXPECT_NE(reorder.step.find("reorder("), std::string::npos);
}

TEST(HistoryEdit, AStepIsWrittenWithTheNamesBeforeIt) {
  const History off = *with_step_switched(at_end(), 3, false);
  const WrittenStep split = written_step(off, 1), moved = written_step(off, off.current()->parent);
  EXPECT_EQ(schedule::names_in(split.before, split.instruction.args[0]), "j");
  EXPECT_EQ(schedule::names_in(moved.before, moved.instruction.args[0]) + " " + schedule::names_in(moved.before, moved.instruction.args[1]), "C j_0");
}

TEST(HistoryEdit, SkippedStepsSurviveAProject) {
  const History off = *with_step_switched(at_end(), 1, false);
  const Result<History> again = project_from_json(project_to_json(off));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(steps(*again), steps(off));
  const int split = again->at(again->at(again->at(again->current()->parent)->parent)->parent)->id;
  const Result<History> on = with_step_switched(*again, split, true);
  ASSERT_TRUE(on) << on.error().message;
  EXPECT_TRUE(ir::structural_equal(module(*on), module(at_end())));
}

TEST(HistoryEdit, AStepIsDeleted) {
  const Result<History> deleted = with_step_deleted(at_end(), 2);
  ASSERT_TRUE(deleted) << deleted.error().message;
  EXPECT_EQ(steps(*deleted), "split reverse_compute_at decompose_reduction");
}

TEST(HistoryEdit, AStepIsMovedWithinItsBranch) {
  const Result<History> moved = with_step_moved(at_end(), 4, -1);
  ASSERT_TRUE(moved) << moved.error().message;
  EXPECT_EQ(steps(*moved), "split reorder decompose_reduction reverse_compute_at");
  EXPECT_FALSE(with_step_moved(at_end(), 1, -1)) << "there is nothing before it";
}

TEST(HistoryEdit, AStepIsChanged) {
  const Result<History> changed = with_step_changed(at_end(), 1, {{1, {schedule::ValueList{{}, {int64_t{8}}}}}});
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(steps(*changed), "split reorder reverse_compute_at decompose_reduction");
  EXPECT_EQ(changed->at(changed->root_of(changed->current()->id)->id)->id, 0);
  EXPECT_FALSE(ir::structural_equal(module(*changed), module(at_end())));
  EXPECT_FALSE(with_step_changed(at_end(), 0, {})) << "a root has no step";
}

TEST(HistoryEdit, AStepIsInsertedBeforeAnother) {
  const History start = at_end();
  const StepRequest vectorize{schedule::find_primitive("vectorize"), {loop_named(module(start), "j_1")}};
  ASSERT_FALSE(apply_step(start.current()->schedule, vectorize)) << "TVM's rule: not after decompose_reduction";
  const Result<History> inserted = with_step_inserted(start, vectorize, "decompose_reduction");
  ASSERT_TRUE(inserted) << inserted.error().message;
  EXPECT_EQ(steps(*inserted), "split reorder reverse_compute_at vectorize decompose_reduction");
}

TEST(HistoryEdit, DeadStepsAreRemoved) {
  History history = *with_step_switched(at_end(), 3, false);
  const StepRequest idle{schedule::find_primitive("reorder"), {std::vector{loop_named(module(history), "i"), loop_named(module(history), "j_0")}}};
  const Result<AppliedStep> applied = apply_step(history.current()->schedule, idle);
  ASSERT_TRUE(applied) << applied.error().message;
  const size_t known = history.current()->schedule.trace().instructions.size();
  schedule::Trace added{{applied->step.schedule.trace().instructions.begin() + known, applied->step.schedule.trace().instructions.end()}};
  auto [longer, tip] = with_trace(history, history.current()->id, added);
  const Result<History> cleaned = with_dead_steps_removed(longer.at_cursor(tip));
  ASSERT_TRUE(cleaned) << cleaned.error().message;
  EXPECT_EQ(steps(*cleaned), "split reorder decompose_reduction");
  EXPECT_TRUE(ir::structural_equal(module(*cleaned), module(longer.at_cursor(tip))));
}

}  // namespace
}  // namespace loopglass::app
