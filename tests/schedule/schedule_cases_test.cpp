// Runs every file of tests/cases/schedule. Each case asserts, without being told: the expected text or diagnostic; the program is well
// formed; print -> parse -> print is a fixpoint and parse gives an equal program; the trace survives JSON and Python; the results are
// those of the unscheduled program, by the interpreter, or differ with a warning where the case says so. LOOPGLASS_UPDATE_CASES=1 rewrites the expectations (and asserts all the rest).
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/ir/structural_equal.h"
#include "engine/ir/well_formed.h"
#include "engine/schedule/replay.h"
#include "engine/script/printer.h"
#include "tests/schedule/schedule_case.h"

namespace loopglass::tests {
namespace {

const std::filesystem::path kFolder = LOOPGLASS_SOURCE_DIR "/tests/cases/schedule";

class ScheduleCases : public testing::TestWithParam<std::filesystem::path> {};

void expect_print_and_parse_agree(const ir::Module& module) {
  const std::string text = to_text(module);
  const Result<ir::Module> parsed = script::parse_module(text);
  ASSERT_TRUE(parsed) << parsed.error().message << "\n" << text;
  EXPECT_EQ(to_text(*parsed), text);
  EXPECT_EQ(ir::first_difference(*parsed, module), "");
}

void expect_trace_survives(const schedule::Schedule& schedule) {
  const std::string text = to_text(schedule.module());
  const nlohmann::json trace = schedule::trace_to_json(schedule.trace());
  const schedule::Replayed from_json = schedule::replay(nlohmann::json::parse(trace.dump()), schedule.original(), schedule.options());
  ASSERT_FALSE(from_json.error) << from_json.error->message << "\n" << trace.dump();
  EXPECT_EQ(to_text(from_json.schedule.module()), text);
  EXPECT_EQ(schedule::trace_to_json(from_json.schedule.trace()), trace);

  for (const bool tir_names : {false, true}) {
    std::string function = "def apply_trace(sch: s_tir.Schedule) -> None:\n";
    for (const std::string& line : schedule::trace_to_python(schedule.trace(), tir_names)) function += "  " + line + "\n";
    if (schedule.trace().instructions.empty()) function += "  pass\n";
    const script::ParsedFile file = script::parse_file(function);
    ASSERT_TRUE(file.errors.empty()) << file.errors.front().message << "\n" << function;
    ASSERT_EQ(file.schedules.size(), 1u) << function;
    const schedule::Replayed from_python = schedule::replay(file.schedules.front(), schedule.original(), schedule.options());
    ASSERT_FALSE(from_python.error) << from_python.error->message << "\n" << function;
    EXPECT_EQ(to_text(from_python.schedule.module()), text);
    EXPECT_EQ(schedule::trace_to_json(from_python.schedule.trace()), trace);
  }
}

TEST_P(ScheduleCases, Case) {
  const ScheduleCase c = read_case(GetParam());
  const script::ParsedFile file = script::parse_file(c.source);
  ASSERT_TRUE(file.errors.empty()) << render(file.errors.front(), c.file.string(), c.source);
  ASSERT_EQ(file.modules.size(), 1u);
  ASSERT_EQ(file.schedules.size(), 1u);
  const ir::Module original = file.modules.front().module;
  const std::string original_text = to_text(original);

  const schedule::Replayed replayed = schedule::replay(file.schedules.front(), original, {.trust = c.results_change()});
  const schedule::Schedule& schedule = replayed.schedule;
  EXPECT_EQ(to_text(original), original_text) << "the program was changed in place";
  ASSERT_EQ(replayed.error.has_value(), c.is_failure()) << (replayed.error ? to_text(*replayed.error) : to_text(schedule.module()));
  const std::string got = replayed.error ? to_text(*replayed.error) : to_text(schedule.module());
  if (updating_cases())
    write_expectation(c, got);
  else
    EXPECT_EQ(got, c.expectation);

  const Result<void> formed = ir::check_well_formed(schedule.module());
  EXPECT_TRUE(formed) << formed.error().message << "\n" << to_text(schedule.module());
  expect_print_and_parse_agree(schedule.module());
  expect_trace_survives(schedule);
  const std::string difference = difference_in_results(schedule, 1);
  if (!c.results_change()) {
    EXPECT_EQ(difference, "");
    return;
  }
  EXPECT_FALSE(replayed.warnings.empty()) << "the results change, and no step says so";
  EXPECT_NE(difference, "") << "the results do not change: take the line `# Results change` out";
}

std::string case_name(const testing::TestParamInfo<std::filesystem::path>& info) {
  std::string name = std::filesystem::relative(info.param, kFolder).replace_extension().string();
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Files, ScheduleCases, testing::ValuesIn(case_files(kFolder)), case_name);

}  // namespace
}  // namespace loopglass::tests
