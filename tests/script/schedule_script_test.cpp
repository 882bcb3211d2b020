// Schedule statements are found and kept as written; what would have to be executed is an error at its place.
#include <gtest/gtest.h>

#include "engine/script/parser.h"
#include "tests/script/case_file.h"

namespace loopglass::script {
namespace {

std::vector<std::string> statements(const std::string& text, const ScheduleScript& script) {
  std::vector<std::string> lines;
  for (const PyStatement& s : script.statements) lines.push_back(text.substr(s.span.begin, s.span.end - s.span.begin));
  return lines;
}

}  // namespace

TEST(ScheduleScript, OfTheCoursesProgram) {
  const std::string text = read_file(LOOPGLASS_SOURCE_DIR "/assets/programs/mm_relu.py");
  const ParsedFile file = parse_file(text);
  ASSERT_EQ(file.schedules.size(), 1u);
  EXPECT_EQ(file.schedules[0].module_name, "MmRelu");
  EXPECT_EQ(file.schedules[0].schedule_variable, "sch");
  const std::vector<std::string> expected = {"block_Y = sch.get_block(\"Y\", func_name=\"mm_relu\")", "i, j, k = sch.get_loops(block_Y)",
                                             "j0, j1 = sch.split(j, factors=[None, 4])", "sch.reorder(i, j0, k, j1)",
                                             "block_C = sch.get_block(\"C\", func_name=\"mm_relu\")", "sch.reverse_compute_at(block_C, j0)",
                                             "sch.decompose_reduction(block_Y, k)"};
  EXPECT_EQ(statements(text, file.schedules[0]), expected);
  const auto& split = std::get<PyCall>(file.schedules[0].statements[2].value->value);
  EXPECT_EQ(split.method, "split");
  ASSERT_EQ(split.keywords.size(), 1u);
  EXPECT_EQ(split.keywords[0].first, "factors");
  EXPECT_TRUE(std::holds_alternative<PyNone>(std::get<PyTuple>(split.keywords[0].second->value).items[0]->value));
}

TEST(ScheduleScript, FollowsConstantsAndResults) {
  const std::string text = R"(
tile = 4
factors = [None, tile * 2]
sch = tvm.s_tir.Schedule(M, enable_check=False)
b = sch.get_sblock("Y")
i, *rest = sch.get_loops(b)
last = rest[-1]
sch.split(last, factors)
sch.reorder(*rest[::-1], i)
tile += 1
sch.transform_layout(b, ("read", 0), lambda i, *j: (i // 4, *j))
print(sch.mod.script())
sch.trace.show()
plot(results)
)";
  const ParsedFile file = parse_file(text);
  EXPECT_TRUE(file.errors.empty());
  ASSERT_EQ(file.schedules.size(), 1u);
  EXPECT_FALSE(file.schedules[0].enable_check);
  const std::vector<std::string> expected = {"tile = 4", "factors = [None, tile * 2]", "b = sch.get_sblock(\"Y\")", "i, *rest = sch.get_loops(b)", "last = rest[-1]",
                                             "sch.split(last, factors)", "sch.reorder(*rest[::-1], i)", "sch.transform_layout(b, (\"read\", 0), lambda i, *j: (i // 4, *j))"};
  EXPECT_EQ(statements(text, file.schedules[0]), expected);
}

TEST(ScheduleScript, TellsSchedulesApart) {
  const std::string text = "n = 2\ns1 = Schedule(A)\nb = s1.get_block(\"x\")\ns2 = Schedule(B)\nc = s2.get_block(\"y\")\ns1.compute_inline(b)\ns2.compute_inline(c)\n";
  const ParsedFile file = parse_file(text);
  ASSERT_EQ(file.schedules.size(), 2u);
  EXPECT_EQ(statements(text, file.schedules[0]), (std::vector<std::string>{"n = 2", "b = s1.get_block(\"x\")", "s1.compute_inline(b)"}));
  EXPECT_EQ(statements(text, file.schedules[1]), (std::vector<std::string>{"n = 2", "c = s2.get_block(\"y\")", "s2.compute_inline(c)"}));
}

TEST(ScheduleScript, OfAFunctionWhereNoneStandsAtTheTop) {
  const std::string body = "def apply_trace(sch: s_tir.Schedule, factor=8) -> None:\n  b0 = sch.get_sblock(name=\"Y\", func_name=\"main\")\n  l1, = sch.get_loops(block=b0)\n  sch.split(loop=l1, factors=[None, factor])\n  return sch\n";
  const ParsedFile file = parse_file("# from tvm import s_tir\n" + body);
  EXPECT_TRUE(file.errors.empty());
  ASSERT_EQ(file.schedules.size(), 1u);
  EXPECT_EQ(file.schedules[0].name, "apply_trace");
  EXPECT_EQ(file.schedules[0].module_name, "");
  EXPECT_EQ(file.schedules[0].statements.size(), 4u);
  EXPECT_EQ(parse_file(body + "sch = Schedule(M)\n").schedules.size(), 1u);
}

TEST(ScheduleScript, OfAPastedTrace) {
  const ParsedFile file = parse_file("b0 = sch.get_sblock(name=\"Y\", func_name=\"main\")\nl1, l2 = sch.get_loops(block=b0)\nsch.reorder(l2, l1)\n");
  EXPECT_TRUE(file.errors.empty());
  ASSERT_EQ(file.schedules.size(), 1u);
  EXPECT_EQ(file.schedules[0].statements.size(), 3u);
}

TEST(ScheduleScript, RefusesWhatWouldHaveToRun) {
  for (const std::string line : {"for l in loops:\n    sch.unroll(l)\n", "if True:\n    sch.unroll(l)\n", "helper(sch)\n", "x = [sch.split(l) for l in y]\n", "sch.split(unknown, [2])\n",
                                  "n = compute()\nsch.split(l, [None, n])\n", "s2 = sch\n", "sch.x.y(l)\n", "with sch:\n    pass\n", "sch.split(l, [2, (3)\nb = 1\n"}) {
    const ParsedFile file = parse_file("sch = Schedule(M)\nb = sch.get_block(\"Y\")\nl, = sch.get_loops(b)\n" + line);
    EXPECT_FALSE(file.errors.empty()) << line;
    for (const Diagnostic& e : file.errors) {
      EXPECT_TRUE(e.kind == DiagnosticKind::UnsupportedSyntax || e.kind == DiagnosticKind::SyntaxError) << line;
      EXPECT_TRUE(e.labels.at(0).span) << line;
    }
  }
}

}  // namespace loopglass::script
