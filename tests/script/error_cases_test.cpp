// Every mistake gets its diagnostic, all of a file's at once; `./dev update-cases` rewrites the expectations.
#include "tests/script/case_file.h"

#include <gtest/gtest.h>

#include "engine/script/parser.h"

namespace loopglass::script {

TEST(ErrorCases, AreReportedAtTheirPlaces) {
  const std::vector<CaseFile> cases = read_cases("errors");
  ASSERT_FALSE(cases.empty());
  for (const CaseFile& c : cases) {
    const ParsedFile file = parse_file(c.input);
    std::string actual;
    for (const Diagnostic& error : file.errors) {
      EXPECT_FALSE(error.message.empty());
      actual += std::string(to_string(error.kind)) + "\n" + render(error, c.name + ".py", c.input);
    }
    EXPECT_EQ(file.errors.empty(), !c.name.starts_with("fail_")) << c.path;
    if (update_case(c, actual)) continue;
    EXPECT_EQ(actual, c.expected) << c.path;
  }
}

}  // namespace loopglass::script
