// What can be opened besides Python: MetaSchedule's databases and TVM's traces.
#include "app/model/source.h"

#include <gtest/gtest.h>

#include <fstream>

#include <nlohmann/json.hpp>

#include "engine/ir/structural_equal.h"
#include "engine/schedule/replay.h"
#include "engine/script/parser.h"
#include "tests/model/program.h"

namespace loopglass::app {
namespace {

using nlohmann::json;

// A recorded program and the first of its schedules, as its database keeps them, and where the schedule ends.
struct Recorded {
  std::string lines;
  ir::Module final;
};

Recorded recorded(const char* name) {
  std::ifstream in(std::string(LOOPGLASS_SOURCE_DIR "/tests/cases/records/") + name);
  std::string program, schedule;
  std::getline(in, program);
  std::getline(in, schedule);
  const json one = json::parse(schedule);
  return {json::parse(program)["workload"].dump() + "\n" + one["record"].dump() + "\n", *script::parse_module(one["final"].get<std::string>())};
}

TEST(Source, ADatabaseOpensWithItsScheduleAsTheReadyBranch) {
  const Recorded softmax = recorded("softmax.jsonl");
  const Opened opened = open_database(History(), "softmax.json", softmax.lines);
  ASSERT_TRUE(opened.errors.empty()) << opened.errors.front().message;
  EXPECT_FALSE(opened.schedule_error) << opened.schedule_error->message;
  EXPECT_EQ(opened.history.current()->parent, -1) << "the cursor stands at the program as it was";
  const VersionPtr& end = opened.history.versions().back();
  EXPECT_EQ(ir::first_difference(end->schedule.module(), softmax.final), "");
  EXPECT_GT(opened.history.versions().size(), 3u) << "step by step";
}

TEST(Source, RecordsWithoutAProgramSayWhatIsMissing) {
  const std::string lines = recorded("matmul_odd.jsonl").lines;
  const Opened opened = open_database(History(), "records.json", lines.substr(lines.find('\n') + 1));
  ASSERT_FALSE(opened.errors.empty());
  EXPECT_EQ(opened.errors.front().kind, DiagnosticKind::NoProgram);
}

TEST(Source, RecordsAreTriedOnTheOpenProgram) {
  const History start = opened_program();
  const json trace = schedule::trace_to_json(start.at(4)->schedule.trace());
  const Opened opened = open_database(start, "database_tuning_record.json", json{0, json{trace, {0.001}, json::object(), json::array()}}.dump());
  ASSERT_TRUE(opened.errors.empty()) << opened.errors.front().message;
  EXPECT_TRUE(opened.is_branch);
  EXPECT_TRUE(ir::structural_equal(opened.history.current()->schedule.module(), start.at(4)->schedule.module()));
}

TEST(Source, ATraceIsABranchOfTheOpenProgram) {
  const History start = opened_program();
  const json trace = schedule::trace_to_json(start.at(4)->schedule.trace());
  const Opened opened = open_trace(start, "trace.json", trace.dump());
  ASSERT_TRUE(opened.errors.empty());
  EXPECT_TRUE(ir::structural_equal(opened.history.current()->schedule.module(), start.at(4)->schedule.module()));
  EXPECT_FALSE(open_trace(History(), "trace.json", trace.dump()).errors.empty()) << "there is no program to apply it to";
  EXPECT_FALSE(open_trace(start, "trace.json", "[[1").errors.empty());
}

}  // namespace
}  // namespace loopglass::app
