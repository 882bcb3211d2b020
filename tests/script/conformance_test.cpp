// TVM's own texts, where they stand beside the checkout.
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/script/case_file.h"
#include "tests/script/round_trip.h"

namespace loopglass::script {
namespace {

const std::string kShared = LOOPGLASS_SOURCE_DIR "/../shared/";

void expect_prints_as(const std::string& input, std::string expected, const std::string& name) {
  const ParsedFile file = parse_file(input);
  ASSERT_TRUE(file.errors.empty()) << render(file.errors[0], name, input);
  ASSERT_EQ(file.modules.size(), 1u) << name;
  if (!expected.ends_with('\n')) expected += '\n';
  EXPECT_EQ(print(file.modules[0].module).text, expected) << name;
  expect_round_trip(file.modules[0].module, name);
}

}  // namespace

TEST(Conformance, PrintsThePrograms) {
  const std::string folder = kShared + "conformance/printing/";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no shared cases beside the checkout";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().stem().string();
    if (name.starts_with("out_")) continue;
    expect_prints_as(read_file(entry.path().string()), read_file(folder + "out_" + name + ".py"), name);
  }
}

TEST(Conformance, ReadsTheCourse) {
  const std::string path = kShared + "course/course_article.py";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no shared cases beside the checkout";
  const std::string text = read_file(path);
  const ParsedFile file = parse_file(text);
  EXPECT_TRUE(file.errors.empty());
  ASSERT_EQ(file.modules.size(), 3u);
  EXPECT_EQ(file.modules[2].module->functions.size(), 2u);
  ASSERT_EQ(file.schedules.size(), 1u);
  EXPECT_EQ(file.schedules[0].module_name, "MyModule");
  for (const ParsedModule& parsed : file.modules) expect_round_trip(parsed.module, parsed.name);
  EXPECT_TRUE(ir::structural_equal(file.modules[0].module, file.modules[1].module));
  const std::string initial = read_file(kShared + "conformance/course/0_initial.py");
  EXPECT_EQ(print(file.modules[0].module).text, initial);
}

TEST(Conformance, PrintsWhatTvmPrinted) {
  std::ifstream cases(kShared + "conformance/tvm-cases.jsonl");
  if (!cases) GTEST_SKIP() << "no shared cases beside the checkout";
  int same = 0, total = 0;
  for (std::string line; std::getline(cases, line);) {
    const nlohmann::json c = nlohmann::json::parse(line);
    std::vector<std::string> texts;
    for (const char* key : {"initial", "final"})
      if (c[key].is_string()) texts.push_back(c[key]);
    for (const nlohmann::json& call : c["calls"])
      if (call.contains("after") && call["after"].is_string()) texts.push_back(call["after"]);
    for (const std::string& text : texts) {
      const ParsedFile file = parse_file(text);
      ASSERT_TRUE(file.errors.empty()) << c["name"] << "\n" << render(file.errors[0], "case", text);
      ++total;
      same += print(file.modules[0].module).text == text + "\n";
    }
  }
  // TVM itself prints two of the programs otherwise once it has read them (an int32 0 where an int64 0 was).
  EXPECT_GE(same, total - 8) << "of " << total;
}

}  // namespace loopglass::script
