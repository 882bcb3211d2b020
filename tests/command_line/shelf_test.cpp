// Every schedule of assets/shelf: each of its steps applies, and what it computes is right.
#include <gtest/gtest.h>

#include <filesystem>

#include <nlohmann/json.hpp>

#include "tests/command_line/program_run.h"

namespace loopglass::testing {
namespace {

std::vector<std::string> shelf() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(LOOPGLASS_SOURCE_DIR "/assets/shelf")) names.push_back(entry.path().stem());
  std::ranges::sort(names);
  return names;
}

class Shelf : public ::testing::TestWithParam<std::string> {};

TEST_P(Shelf, RunsAndIsRight) {
  const ProgramRun run = loopglass("run --json --seconds 0.01 " LOOPGLASS_SOURCE_DIR "/assets/shelf/" + GetParam() + ".py");
  ASSERT_EQ(run.exit_code, 0) << run.err << run.out;
  const auto result = nlohmann::json::parse(run.out);
  EXPECT_TRUE(result["verified"].get<bool>());
  EXPECT_LT(result["max_rel_error"].get<double>(), 1e-5);
}

TEST_P(Shelf, StandsInTheMenu) {
  EXPECT_NE(text_of(LOOPGLASS_SOURCE_DIR "/app/ui/actions.cpp").find('"' + GetParam() + '"'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Schedules, Shelf, ::testing::ValuesIn(shelf()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace loopglass::testing
