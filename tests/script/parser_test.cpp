#include "engine/script/parser.h"

#include <gtest/gtest.h>

#include "tests/script/case_file.h"
#include "tests/script/round_trip.h"

namespace loopglass::script {
namespace {

const std::string kProgram = read_file(LOOPGLASS_SOURCE_DIR "/assets/programs/mm_relu.py");

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
  return text;
}

// The program behind any spelling of its file.
void expect_same_program(const std::string& text) {
  const ParsedFile file = parse_file(text);
  ASSERT_TRUE(file.errors.empty()) << render(file.errors[0], "x.py", text);
  ASSERT_EQ(file.modules.size(), 1u);
  EXPECT_TRUE(ir::structural_equal(file.modules[0].module, parse_module(kProgram).value()));
  ASSERT_EQ(file.schedules.size(), 1u);
  EXPECT_EQ(file.schedules[0].statements.size(), parse_file(kProgram).schedules[0].statements.size());
}

std::string function(const std::string& body) {
  return "@T.prim_func(s_tir=True)\ndef f(A: T.Buffer((64,), \"float32\"), B: T.Buffer((64,), \"int32\")):\n" + body;
}

}  // namespace

TEST(Parser, ReadsTheCoursesFile) {
  const ParsedFile file = parse_file(kProgram);
  ASSERT_TRUE(file.errors.empty());
  ASSERT_EQ(file.modules.size(), 1u);
  EXPECT_EQ(file.modules[0].name, "MmRelu");
  EXPECT_EQ(file.modules[0].dialect, Dialect::Tir);
  EXPECT_EQ(file.modules[0].module->functions[0].name, "mm_relu");
  expect_round_trip(file.modules[0].module, "mm_relu");
}

TEST(Parser, ReadsItHoweverItIsWritten) {
  expect_same_program(replaced(kProgram, "\n", "\r\n"));
  expect_same_program(replaced(kProgram, "    ", "\t"));
  expect_same_program("\xEF\xBB\xBF" + kProgram);
  expect_same_program(replaced(kProgram, "\n", "  # 中文注释：循环、块、(规约轴\n"));
  expect_same_program(replaced(kProgram, "T.grid(", "T.grid( # 网格\n            "));
  expect_same_program("'''模块文档 @T.prim_func'''\n" + kProgram + "\nif __name__ == '__main__':\n    print(f\"{x}\")\n");
  expect_same_program("class Other:\n    def f(self):\n        return [x for x in self.y if x is not None]\n\nasync def g():\n    await h()\n\n" + kProgram);
  expect_same_program("try:\n    import cupy\nexcept ImportError:\n    cupy = None\nx = y = lambda *a, **k: {**k}\nz = (yield_ := 3)\n" + kProgram);
}

TEST(Parser, ReadsTheCoursesOtherSpellings) {
  const std::string text = R"(
import tvm
from tvm.script import tir as T

M = 128
shape = (M, M)

@tvm.script.ir_module
class MmRelu:
    @T.prim_func
    def mm_relu(a: T.handle, B: T.Buffer[(M, 128), "float32"], C: T.Buffer(shape, dtype="float32")):
        T.func_attr({"global_symbol": "mm_relu", "tir.noalias": True})
        A = T.match_buffer(a, shape, dtype="float32")
        Y = T.alloc_buffer(shape, dtype="float32")
        for i in range(128):
            for j in T.serial(0, 128):
                for k in T.grid(128):
                    with T.block("Y"):
                        vi = T.axis.S(M, i)
                        vj = T.axis.spatial(128, j)
                        vk = T.axis.R(128, k)
                        T.reads([A[vi, vk], B[vk, vj]])
                        T.writes([Y[vi, vj]])
                        with T.init():
                            Y[vi, vj] = 0.0
                        Y[vi, vj] += A[vi, vk] * B[vk, vj]
        for i, j in T.grid(*shape):
            with T.block("C"):
                vi, vj = T.axis.remap("SS", [i, j])
                C[vi, vj] = T.max(Y[vi, vj], 0.0)
)";
  const Result<ir::Module> module = parse_module(text);
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_TRUE(ir::structural_equal(*module, parse_module(kProgram).value())) << ir::first_difference(*module, parse_module(kProgram).value());
}

TEST(Parser, GivesStatementsTheirPlaces) {
  const ParsedFile file = parse_file(kProgram);
  const ParsedModule& parsed = file.modules[0];
  const Printed printed = print(parsed.module, {Dialect::Tir});
  for (const NodeSpan& node : printed.nodes) {
    const auto span = parsed.spans.find(ir::node_at(parsed.module, node.path).get());
    ASSERT_NE(span, parsed.spans.end()) << ir::to_string(node.path);
    EXPECT_LE(span->second.end, kProgram.size());
  }
}

TEST(Parser, RefusesWhatIsNoText) {
  EXPECT_EQ(parse_module("").error().kind, DiagnosticKind::NoProgram);
  EXPECT_EQ(parse_module("x = 1\n").error().kind, DiagnosticKind::NoProgram);
  EXPECT_EQ(parse_module(std::string("\0\1\2", 3)).error().kind, DiagnosticKind::SyntaxError);
  EXPECT_EQ(parse_module("# \xd6\xd0\xce\xc4\n" + kProgram).error().kind, DiagnosticKind::SyntaxError);
  EXPECT_EQ(parse_module(std::string(100 << 20, 'x')).error().kind, DiagnosticKind::UnsupportedSyntax);
}

// None of these may overflow the stack or take long.
TEST(Parser, LimitsNesting) {
  const auto repeat = [](const std::string& s, int n) {
    std::string out;
    for (int i = 0; i < n; ++i) out += s;
    return out;
  };
  const int n = 20000;
  for (const std::string& e : {repeat("(", n) + "1" + repeat(")", n), repeat("[", n), repeat("-", n) + "1", repeat("not ", n) + "x", "1" + repeat(" + A[0]", n),
                               repeat("A[", n), repeat("T.max(1, ", n), "1" + repeat("**2", n), repeat("1 if x else ", n) + "2", repeat("lambda: ", n) + "1", "A" + repeat(".x", n), "1" + repeat(" < 2", n)})
    EXPECT_FALSE(parse_module(function("    A[0] = " + e + "\n"))) << e.substr(0, 40);
  std::string loops, lets, chain = "    if B[0] == 0:\n        A[0] = 1.0\n";
  for (int i = 0; i < 300; ++i) loops += std::string(4 + i, ' ') + "for i" + std::to_string(i) + " in range(2):\n";
  for (int i = 0; i < n; ++i) lets += "    x" + std::to_string(i) + ": T.let = B[0]\n";
  for (int i = 0; i < n; ++i) chain += "    elif B[0] == 1:\n        A[0] = 1.0\n";
  EXPECT_FALSE(parse_module(function(loops + std::string(304, ' ') + "A[0] = 1.0\n")));
  EXPECT_FALSE(parse_module(function(lets)));
  EXPECT_FALSE(parse_module(function(chain)));
}

TEST(Parser, ReadsAMegabyteOfStatements) {
  std::string body;
  while (body.size() < (1u << 20)) body += "    A[B[0] % 64] = A[3] * T.float32(2) + T.exp(A[4])\n";
  EXPECT_TRUE(parse_module(function(body)));
}

TEST(Parser, KeepsWhatIsWrittenAndFoldsAsTvmDoes) {
  const auto printed = [](const std::string& expression) {
    const Result<ir::Module> module = parse_module(function("    B[0] = " + expression + "\n"));
    if (!module) return "error: " + module.error().message;
    const std::string text = print(*module).text;
    const size_t at = text.find("B[0] = ") + 7;
    return text.substr(at, text.size() - at - 1);
  };
  EXPECT_EQ(printed("B[1] + 0 + 1 + 2"), "B[1] + 1 + 2");
  EXPECT_EQ(printed("2 + 3 + B[1]"), "5 + B[1]");
  EXPECT_EQ(printed("T.Add(B[1], 0)"), "T.Add(B[1], 0)");
  EXPECT_EQ(printed("B[1] % 1 + B[1] * 0"), "0");
  EXPECT_EQ(printed("-B[1] + -3"), "B[1] * -1 + -3");
  EXPECT_EQ(printed("T.abs(B[1])"), "T.Select(B[1] >= 0, B[1], 0 - B[1])");
  EXPECT_EQ(printed("T.ceildiv(B[1], 3)"), "(B[1] + 3 - 1) // 3");
  EXPECT_EQ(printed("T.truncdiv(B[1], 4)"), "T.Div(B[1], 4)");
  EXPECT_EQ(printed("T.shift_right(B[1], 3) ^ 5"), "B[1] >> 3 ^ 5");
  EXPECT_EQ(printed("B[1] - (B[2] - B[3])"), "B[1] - (B[2] - B[3])");
}

}  // namespace loopglass::script
