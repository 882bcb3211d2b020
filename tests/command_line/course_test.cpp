// The learner's file as it is, where ../shared stands beside the checkout: every prefix of its schedule is TVM's own text.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/command_line/program_run.h"

namespace loopglass::testing {
namespace {

// The text without header comments and blank lines.
std::string body_of(const std::string& text) {
  std::istringstream in(text);
  std::string out;
  bool in_header = true;
  for (std::string line; std::getline(in, line);) {
    in_header = in_header && (line.empty() || line.starts_with("#"));
    if (!in_header && !line.empty()) out += line + "\n";
  }
  return out;
}

std::string unquoted(const std::string& quoted) { return quoted.substr(1, quoted.size() - 2); }

class CourseFile : public ::testing::Test {
 protected:
  void SetUp() override {
    file_ = shared_file("course/course_article.py");
    if (file_.empty()) GTEST_SKIP() << "../shared does not stand beside the checkout";
  }
  std::string file_;
};

TEST_F(CourseFile, EveryPrefixIsTvmsText) {
  const std::pair<int, const char*> prefixes[] = {
      {0, "0_initial"}, {3, "1_split"}, {4, "2_reorder"}, {6, "3_reverse_compute_at"}, {7, "4_decompose_reduction"}};
  for (const auto& [upto, name] : prefixes) {
    const ProgramRun run = loopglass("replay " + file_ + " --upto " + std::to_string(upto));
    const std::string expected = text_of(unquoted(shared_file(std::string("conformance/course/") + name + ".py")));
    EXPECT_EQ(body_of(run.out), body_of(expected)) << name << "\n" << run.err;
  }
}

TEST_F(CourseFile, ChineseCommentsChangeNothing) {
  std::istringstream in(text_of(unquoted(file_)));
  std::string commented = "# 张量程序：循环与块\n";
  for (std::string line; std::getline(in, line);) commented += line + (line.empty() ? "# 空行" : "  # 注释：规约轴") + "\n";
  const std::string file = written(fresh_folder() / "chinese.py", commented);
  EXPECT_EQ(loopglass("replay " + file).out, loopglass("replay " + file_).out);
}

TEST_F(CourseFile, AllModulesAndFunctionsAreVerified) {
  int verified = 0;
  for (const char* module : {"MyModule", "MyModuleWithAxisRemapSugar", "MyModuleWithTwoFunctions"}) {
    const ProgramRun run = loopglass("run --json --function all --seconds 0.05 --module " + std::string(module) + " " + file_);
    ASSERT_EQ(run.exit_code, 0) << run.err;
    for (const auto& function : nlohmann::json::parse(run.out)) verified += function["verified"].get<bool>();
  }
  EXPECT_EQ(verified, 4);
}

}  // namespace
}  // namespace loopglass::testing
