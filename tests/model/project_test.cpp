#include "app/model/project.h"

#include "app/model/step.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/ir/structural_equal.h"
#include "tests/model/program.h"

namespace loopglass::app {
namespace {

void expect_same(const History& a, const History& b) {
  ASSERT_EQ(a.versions().size(), b.versions().size());
  EXPECT_EQ(a.current()->id, b.current()->id);
  for (size_t i = 0; i < a.versions().size(); ++i) {
    EXPECT_EQ(a.versions()[i]->parent, b.versions()[i]->parent);
    EXPECT_EQ(a.versions()[i]->step, b.versions()[i]->step);
    EXPECT_TRUE(ir::structural_equal(a.versions()[i]->schedule.module(), b.versions()[i]->schedule.module()));
    EXPECT_EQ(schedule::Trace(a.versions()[i]->schedule.trace()).instructions.size(), b.versions()[i]->schedule.trace().instructions.size());
  }
}

TEST(Project, ComesBackAsItWas) {
  const History history = opened_program().at_cursor(3);
  const Result<History> again = project_from_json(project_to_json(history));
  ASSERT_TRUE(again) << again.error().message;
  expect_same(history, *again);
}

TEST(Project, BranchesComeBack) {
  History history = opened_program();
  const ir::Module& module = history.at(0)->schedule.module();
  const Result<AppliedStep> applied =
      apply_step(history.at(0)->schedule, {schedule::find_primitive("parallel"), {loop_named(module, "i")}});
  ASSERT_TRUE(applied) << applied.error().message;
  history = with_trace(history, 0, applied->step.schedule.trace()).first;
  ASSERT_EQ(history.versions().size(), 6u);
  const Result<History> again = project_from_json(project_to_json(history.at_cursor(5)));
  ASSERT_TRUE(again) << again.error().message;
  expect_same(history.at_cursor(5), *again);
}

TEST(Project, IsSavedAndLoaded) {
  const auto path = fresh_folder() / "mine.loopglass";
  const History history = opened_program();
  ASSERT_TRUE(save_project(history, path));
  const Result<History> again = load_project(path);
  ASSERT_TRUE(again) << again.error().message;
  expect_same(history, *again);
}

TEST(Project, WhatIsNoneIsRefused) {
  const char* texts[] = {"", "[]", "{}", "nonsense", R"({"loopglass": 2, "versions": [], "cursor": 0})", R"({"loopglass": 1, "versions": [], "cursor": 0})",
                         R"({"loopglass": "x"})", R"({"loopglass": 1, "versions": [{"parent": 7, "instructions": []}], "cursor": 0})"};
  for (const char* text : texts) {
    const Result<History> history = parse_project(text);
    ASSERT_FALSE(history) << text;
    EXPECT_EQ(history.error().kind, DiagnosticKind::FileError) << text;
  }
}

}  // namespace
}  // namespace loopglass::app
