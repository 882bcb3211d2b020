// Programs of our own, with what TVM 0.27 printed for each (tests/oracle/record_printing.py).
#include "tests/script/case_file.h"
#include "tests/script/round_trip.h"

namespace loopglass::script {

TEST(PrintingCases, PrintAsTvmDoes) {
  const std::vector<CaseFile> cases = read_cases("printing");
  ASSERT_FALSE(cases.empty());
  for (const CaseFile& c : cases) {
    const ParsedFile file = parse_file(c.input);
    ASSERT_TRUE(file.errors.empty()) << render(file.errors[0], c.path, c.input);
    ASSERT_EQ(file.modules.size(), 1u) << c.path;
    // Expectations come from TVM alone: this test never rewrites them.
    EXPECT_EQ(print(file.modules[0].module).text, c.expected) << c.path;
    expect_round_trip(file.modules[0].module, c.path);
  }
}

TEST(PrintingCases, FoldedRegionsLeaveOutTwoLines) {
  const ir::Module module = parse_module(read_file(LOOPGLASS_SOURCE_DIR "/assets/programs/mm_relu.py")).value();
  const std::string folded = print(module, {Dialect::Tir, true, false}).text;
  EXPECT_EQ(folded.find("T.reads"), std::string::npos);
  EXPECT_EQ(folded.find("T.writes"), std::string::npos);
  EXPECT_NE(print(module, {Dialect::Tir}).text.find("T.reads"), std::string::npos);
}

TEST(PrintingCases, ANodeIsWhereItsTextIs) {
  const ir::Module module = parse_module(read_file(LOOPGLASS_SOURCE_DIR "/assets/programs/mm_relu.py")).value();
  const Printed printed = print(module, {Dialect::Tir});
  std::vector<std::string> heads;
  for (const NodeSpan& node : printed.nodes) heads.push_back(printed.text.substr(node.head.begin, node.head.end - node.head.begin));
  const std::vector<std::string> expected = {
      "# with T.block(\"root\"):", "i", "j", "k", "with T.block(\"Y\"):", "Y[vi, vj] = T.float32(0.0)", "Y[vi, vj] = Y[vi, vj] + A[vi, vk] * B[vk, vj]",
      "i", "j", "with T.block(\"C\"):", "C[vi, vj] = T.max(Y[vi, vj], T.float32(0.0))"};
  EXPECT_EQ(heads, expected);
}

}  // namespace loopglass::script
