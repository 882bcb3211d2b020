// MetaSchedule's database: schedules that TVM tuned (tests/oracle/record_sketches.py) replay here and end at TVM's program, and come back.
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/ir/structural_equal.h"
#include "engine/schedule/database_record.h"
#include "engine/schedule/replay.h"
#include "tests/schedule/programs.h"
#include "tests/schedule/schedule_case.h"

namespace loopglass::tests {
namespace {

using nlohmann::json;

// With LOOPGLASS_SKETCHES=FOLDER freshly recorded ones.
std::vector<std::filesystem::path> recorded_files() {
  const char* folder = std::getenv("LOOPGLASS_SKETCHES");
  std::vector<std::filesystem::path> files(std::filesystem::directory_iterator(folder ? folder : LOOPGLASS_SOURCE_DIR "/tests/cases/records"), {});
  std::sort(files.begin(), files.end());
  return files;
}

// What differs, where the record does not end where TVM ends.
std::string difference(const json& program, const json& recorded) {
  const std::string lines = program["workload"].dump() + "\n" + recorded["record"].dump() + "\n";
  const Result<schedule::Database> database = schedule::read_database(lines);
  if (!database) return database.error().message;
  if (!database->workloads.at(0)) return "workload: " + database->workloads[0].error().message;
  const ir::Module module = *database->workloads[0];
  const Result<ir::Module> initial = script::parse_module(program["initial"].get<std::string>()), final = script::parse_module(recorded["final"].get<std::string>());
  if (!initial || !final) return "TVM's text is not read";
  if (const std::string other = ir::first_difference(module, *initial); !other.empty()) return "workload: " + other;
  const Result<schedule::TuningRecord> record = schedule::record_for(*database, *initial);
  if (!record) return record.error().message;
  const schedule::Replayed replayed = schedule::replay(record->trace, module, {.trust = true});
  if (replayed.error) return fmt::format("instruction {} ({}): {}", replayed.failed_instruction, replayed.failed_kind, replayed.error->message);
  return ir::first_difference(replayed.schedule.module(), *final);
}

TEST(Database, TunedSchedulesReplay) {
  int count = 0, same = 0;
  std::string misses;
  for (const auto& file : recorded_files()) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    const json program = json::parse(line);
    for (; std::getline(in, line); ++count) {
      const json recorded = json::parse(line);
      const std::string other = difference(program, recorded);
      same += other.empty();
      if (!other.empty()) misses += fmt::format("  {}: {}\n", recorded["name"].get<std::string>(), other);
    }
  }
  fmt::print("{} of {} tuned schedules end where TVM ends\n{}", same, count, misses);
  EXPECT_GT(count, 0);
  EXPECT_EQ(same, count);
}

TEST(Database, LinesComeBack) {
  const schedule::Replayed start = replay("i, j, k = sch.get_loops(\"Y\")\nsch.split(i, sch.sample_perfect_tile(i, n=2, decision=[3, 4]))");
  const std::string lines = schedule::database_lines(start.schedule, 0.25);
  ASSERT_TRUE(schedule::is_database(lines));
  const Result<schedule::Database> database = schedule::read_database(lines);
  ASSERT_TRUE(database) << database.error().message;
  ASSERT_EQ(database->workloads.size(), 1u);
  ASSERT_EQ(database->records.size(), 1u);
  EXPECT_EQ(database->records[0].seconds, 0.25);
  ASSERT_TRUE(database->workloads[0]) << database->workloads[0].error().message;
  EXPECT_EQ(ir::first_difference(*database->workloads[0], start.schedule.original()), "");
  const schedule::Replayed again = schedule::replay(database->records[0].trace, *database->workloads[0]);
  ASSERT_FALSE(again.error) << again.error->message;
  EXPECT_EQ(ir::first_difference(again.schedule.module(), start.schedule.module()), "");
}

TEST(Database, TheFastestRecordIsTaken) {
  const auto fastest = [](const std::string& lines) { return schedule::record_for(schedule::read_database(lines).value(), matmul_relu()); };
  const std::string workload = schedule::database_lines(schedule::Schedule(matmul_relu()));
  const std::string program = workload.substr(0, workload.find('\n') + 1);
  EXPECT_EQ(fastest("[0,[[[],[1]],[2],null,null]]\n[0,[[[],[2]],[0.5,0.7],null,null]]\n[0,[[[],[3]],null,null,null]]")->trace[1][0], 2);
  EXPECT_EQ(fastest(program + "[1,[[[],[1]],[0.1],null,null]]\n[0,[[[],[2]],[0.5],null,null]]\n")->trace[1][0], 2);
  EXPECT_FALSE(fastest("[0,[[[],[1]],[2],null,null]]\n[1,[[[],[2]],[1],null,null]]\n")) << "records for two programs, and no program";
  EXPECT_FALSE(fastest(program + "[1,[[[],[1]],[0.1],null,null]]\n"));
  EXPECT_FALSE(fastest(program));
}

TEST(Database, OtherLinesAreRefused) {
  EXPECT_FALSE(schedule::is_database("[[], []]"));
  EXPECT_FALSE(schedule::is_database("{}"));
  for (const char* wrong : {"[0]", "[0,[[],[]]]", "[-1,[[[],[]],null,null,null]]", "[true,1]", "[0,[[[],[]],null,null,null]]\nx", "[\"1\",2]"})
    EXPECT_FALSE(schedule::read_database(wrong)) << wrong;
  const Result<schedule::Database> damaged = schedule::read_database("[\"1\",\"*\"]");
  ASSERT_TRUE(damaged);
  EXPECT_FALSE(damaged->workloads[0]);
}

}  // namespace
}  // namespace loopglass::tests
