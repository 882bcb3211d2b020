// Schedule statements replayed: how far, and what is said where it stops.
#include <gtest/gtest.h>

#include "tests/schedule/programs.h"
#include "tests/schedule/schedule_case.h"

namespace loopglass::tests {
namespace {

const char kStatements[] = "i, j, k = sch.get_loops(\"Y\")\ni_0, i_1 = sch.split(i, [None, 4])\nsch.reorder(i_1, i_0)\nsch.compute_inline(sch.get_sblock(\"C\"))";

size_t instructions(const schedule::Replayed& r) { return r.schedule.trace().instructions.size(); }

TEST(Replay, UptoCountsQueries) {
  for (int upto = 0; upto <= 5; ++upto) {
    const schedule::Replayed r = replay(kStatements, upto);
    EXPECT_FALSE(r.error) << upto;
    EXPECT_EQ(instructions(r), static_cast<size_t>(upto));
  }
}

TEST(Replay, NamesTheInstructionThatFailed) {
  const schedule::Replayed r = replay(kStatements);
  ASSERT_TRUE(r.error);
  EXPECT_EQ(r.error->kind, DiagnosticKind::OutputBlock);
  EXPECT_EQ(r.failed_instruction, 5);
  EXPECT_EQ(r.failed_kind, "ComputeInline");
  EXPECT_EQ(instructions(r), 5u) << "the schedule stands before the step that failed";
}

TEST(Replay, ErrorsPointAtTheirPlace) {
  for (const char* statements : {"sch.slpit(1)", "sch.get_sblock()", "x = sch.get_sblock(\"Y\")\nsch.unroll(x)", "sch.get_sblock(\"Y\", name=\"Y\")"}) {
    const schedule::Replayed r = replay(statements);
    ASSERT_TRUE(r.error) << statements;
    bool has_span = false;
    for (const Label& label : r.error->labels) has_span |= label.span.has_value();
    EXPECT_TRUE(has_span) << statements;
  }
}

TEST(Replay, UnknownPrimitivesGetASuggestion) {
  const schedule::Replayed r = replay("sch.slpit(1)");
  ASSERT_TRUE(r.error);
  EXPECT_EQ(r.error->kind, DiagnosticKind::UnknownPrimitive);
  EXPECT_NE(r.error->help.find("split"), std::string::npos) << r.error->help;
  EXPECT_EQ(r.failed_kind, "slpit");
}

TEST(Replay, ShowDoesNothing) {
  const schedule::Replayed r = replay("sch.show()\nb = sch.get_sblock(\"Y\")");
  EXPECT_FALSE(r.error);
  EXPECT_EQ(instructions(r), 1u);
}

TEST(Replay, EnableCheckOffSkipsTheDataflowCheck) {
  script::ScheduleScript script = script_of("i, j, k = sch.get_loops(\"Y\")\nsch.reorder(i, k, j)\nsch.decompose_reduction(\"Y\", k)\nsch.vectorize(j)");
  EXPECT_TRUE(schedule::replay(script, matmul_relu()).error);
  script.enable_check = false;
  EXPECT_FALSE(schedule::replay(script, matmul_relu()).error);
}

TEST(Replay, TrustTurnsARefusalIntoAWarning) {
  const ScheduleCase c = read_case(LOOPGLASS_SOURCE_DIR "/tests/cases/schedule/reverse_compute_at/fail_lost_iterations.tir");
  const script::ParsedFile file = script::parse_file(c.source);
  const schedule::Replayed refused = schedule::replay(file.schedules.front(), file.modules.front().module);
  ASSERT_TRUE(refused.error);
  EXPECT_TRUE(refused.warnings.empty());
  const schedule::Replayed trusted = schedule::replay(file.schedules.front(), file.modules.front().module, {.trust = true});
  EXPECT_FALSE(trusted.error);
  ASSERT_EQ(trusted.warnings.size(), 1u);
  EXPECT_EQ(trusted.warnings.front().kind, DiagnosticKind::LostIterations);
}

// What is unsafe by its name is applied without trust, warns, and marks its step.
TEST(Replay, UnsafeStepsWarn) {
  const schedule::Replayed narrow = replay("sch.unsafe_set_dtype(\"Y\", 0, \"float16\")");
  ASSERT_EQ(narrow.warnings.size(), 1u);
  EXPECT_EQ(narrow.warnings.front().kind, DiagnosticKind::ChangedResults);
  EXPECT_FALSE(narrow.schedule.is_sound());
  const schedule::Replayed wide = replay("sch.unsafe_set_dtype(\"Y\", 0, \"float64\")");
  EXPECT_TRUE(wide.warnings.empty());
  EXPECT_TRUE(wide.schedule.is_sound());
  const schedule::Replayed hidden = replay("sch.unsafe_hide_buffer_access(sch.get_sblock(\"C\"), \"read\", [0])");
  ASSERT_EQ(hidden.warnings.size(), 1u);
  EXPECT_EQ(hidden.warnings.front().kind, DiagnosticKind::HiddenAccess);
}

// A step is recorded with memory that a CPU does not have where it is trusted.
TEST(Replay, GpuMemoryNeedsTrust) {
  const script::ScheduleScript script = script_of("sch.cache_read(\"C\", 0, \"shared\")");
  const schedule::Replayed refused = schedule::replay(script, matmul_relu());
  ASSERT_TRUE(refused.error);
  EXPECT_EQ(refused.error->kind, DiagnosticKind::NotOnCpu);
  const schedule::Replayed trusted = schedule::replay(script, matmul_relu(), {.trust = true});
  EXPECT_FALSE(trusted.error);
  EXPECT_EQ(trusted.warnings.size(), 1u);
}

}  // namespace
}  // namespace loopglass::tests
