#include "app/ui/text_layout.h"

#include <gtest/gtest.h>

#include "app/ui/assembly_layout.h"
#include "tests/app/program_fixture.h"

namespace loopglass::ui {
namespace {

std::vector<std::string> split(const std::string& words) {
  std::vector<std::string> lines;
  for (const char c : words) lines.emplace_back(1, c);
  return lines;
}

// Each side of an alignment, read off, is that text.
void expect_aligned(const std::string& before, const std::string& after, int common) {
  const auto a = split(before), b = split(after);
  std::string left, right;
  int same = 0;
  for (const auto& [i, j] : align_lines(a, b)) {
    if (i >= 0) left += a[static_cast<size_t>(i)];
    if (j >= 0) right += b[static_cast<size_t>(j)];
    if (i >= 0 && j >= 0) {
      EXPECT_EQ(a[static_cast<size_t>(i)], b[static_cast<size_t>(j)]);
      ++same;
    }
  }
  EXPECT_EQ(left, before);
  EXPECT_EQ(right, after);
  EXPECT_EQ(same, common) << before << " / " << after;
}

TEST(AlignLines, FindsALongestCommonSubsequence) {
  expect_aligned("", "", 0);
  expect_aligned("abc", "abc", 3);
  expect_aligned("abc", "", 0);
  expect_aligned("", "abc", 0);
  expect_aligned("abcd", "axcd", 3);
  expect_aligned("xaby", "ab", 2);
  expect_aligned("abcbdab", "bdcaba", 4);
}

TEST(AlignLines, DoNotCountIndentation) {
  const auto pairs = align_lines({"for i:", "  x"}, {"for i:", "  for j:", "    x"});
  EXPECT_EQ(pairs, (std::vector<std::pair<int, int>>{{0, 0}, {-1, 1}, {1, 2}}));
}

std::string classes(std::string_view line, TextKind kind) {
  std::string text;
  uint32_t at = 0;
  for (const auto& token : tokens_of(line, kind)) {
    EXPECT_EQ(token.begin, at) << "tokens leave a gap in " << line;
    at = token.end;
    text.append(token.end - token.begin, "pkfnstc"[static_cast<int>(token.kind)]);
  }
  EXPECT_EQ(at, line.size());
  return text;
}

TEST(Tokens, OfPython) {
  EXPECT_EQ(classes("for i in range(128):", TextKind::Python), "kkkpppkkpppppppnnnpp");
  EXPECT_EQ(classes("def f(A, \"x\"):  # no", TextKind::Python).substr(0, 5), "kkkpf");
  EXPECT_EQ(classes("@T.prim_func", TextKind::Python), "ffffffffffff");
  EXPECT_EQ(classes("x = \"a\\\"b\" # c", TextKind::Python), "ppppsssssspccc");
}

TEST(Tokens, OfCAndAssembly) {
  EXPECT_EQ(classes("for (int32_t i", TextKind::C), "kkkpptttttttpp");
  EXPECT_EQ(classes(".L3:", TextKind::Assembly).substr(0, 3), "fff");
  EXPECT_EQ(classes("  vmulps ymm0, ymm1", TextKind::Assembly), "ppkkkkkkpttttpptttt");
}

TEST(Tokens, NeverRunPastALine) {
  for (const std::string line : {"\"open", "'", "#", "0x", "\\", "\"\\", "变量 = 1", "   ", ""})
    for (const TextKind kind : {TextKind::Python, TextKind::C, TextKind::Assembly}) classes(line, kind);
}

LinkedLines program() {
  LinkedLines text{{"def f():", "    for i in range(4):", "        A[i] = 0", "    B[0] = 1"}, {}};
  text.nodes.resize(4);
  text.nodes[1] = {{{"f", {0}}, 4, 22}};
  text.nodes[2] = {{{"f", {0, 0}}, 8, 16}};
  return text;
}

TEST(LayoutText, OperandsOfAssemblyStandInOneColumn) {
  const LinkedLines text = linked_lines(".L3:\n  ret\n  vmovups\t(%rdi), %ymm0\n  jl\t.L3\n  vgf2p8affineinvqb\t$1, %ymm0\n", {{3, {"f", {0}}}});
  ASSERT_EQ(text.lines.size(), 5u);
  EXPECT_EQ(text.lines[1], "  ret");
  EXPECT_EQ(text.lines[2], "  vmovups       (%rdi), %ymm0");
  EXPECT_EQ(text.lines[3], "  jl            .L3");
  EXPECT_EQ(text.lines[4], "  vgf2p8affineinvqb $1, %ymm0");
  EXPECT_EQ(text.nodes[2][0].end, text.lines[2].size());
}

TEST(AssemblyLayout, KnowsTheWidthOfAnInstruction) {
  EXPECT_EQ(vector_bits_of("  vfmadd231ps   zmm0, zmm1, zmmword ptr [rax]"), 512);
  EXPECT_EQ(vector_bits_of("  vaddpd        ymm0, ymm1, ymm2"), 256);
  EXPECT_EQ(vector_bits_of("  vmulps        xmm2, xmm3, xmmword ptr [r11]"), 128);
  EXPECT_EQ(vector_bits_of("  vmulss        xmm2, xmm3, dword ptr [r11]"), 0);
  EXPECT_EQ(vector_bits_of("  vxorps        xmm0, xmm0, xmm0"), 0);
  EXPECT_EQ(vector_bits_of("  add           rax, 64"), 0);
}

TEST(AssemblyLayout, SaysOfEachLoopHowWideItIsAndWhatItSpills) {
  const app::View view = view_of(matmul_relu(8), {});
  const ir::Module& module = view.version()->schedule.module();
  const ir::NodePath i = node_named(module, "i"), block = node_named(module, "Y"), k = node_named(module, "k");
  ir::NodePath store = block;
  store.steps.push_back(1);
  measure::Compiled compiled;
  compiled.assembly = "body:\n  xor\teax, eax\n.LBB0_1:\n  vaddps\tymm0, ymm1, ymm2\n  vmovups\tymmword ptr [rsp], ymm3  # 32-byte Spill\n  cmp\trax, 8\n  ret\n";
  compiled.assembly_lines = {{2, i}, {4, store}, {5, store}, {6, k}};
  auto words = Locale::load(std::filesystem::path(LOOPGLASS_SOURCE_DIR) / "assets/locale");
  words->set_language(Language::English);
  const LinkedLines text = linked_assembly(compiled, module, *words);
  ASSERT_EQ(text.lines.size(), 9u);
  EXPECT_EQ(text.lines[0], "# i: no vectors, no spills");
  EXPECT_EQ(text.nodes[0][0].path, i);
  EXPECT_EQ(text.lines[3], "# i > j > k: 256-bit vectors, 1 spills, 0 reloads");
  EXPECT_EQ(text.lines[4], ".LBB0_1:");
  EXPECT_EQ(text.nodes[3][0].path, k);
  EXPECT_EQ(text.nodes[5][0].path, block) << "the statement's block is what the tree shows";
  EXPECT_EQ(text.nodes[7][0].path, k);
  EXPECT_TRUE(text.nodes[8].empty());
}

TEST(LayoutText, NumbersAndMarksLines) {
  LinkedLines before = program();
  before.lines[2] = "        A[i] = 7";
  const LinkedLines after = program();
  const auto lines = layout_text(after, TextKind::Python, &before, {});
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[2].mark, LineMark::Removed);
  EXPECT_EQ(lines[2].number, 0);
  EXPECT_TRUE(lines[2].nodes.empty());
  EXPECT_EQ(lines[3].mark, LineMark::Added);
  EXPECT_EQ(lines[3].number, 3);
  EXPECT_EQ(lines[4].mark, LineMark::None);
  EXPECT_EQ(lines[4].number, 4);
}

TEST(LayoutText, FoldsWhatIsDeeper) {
  const auto open = layout_text(program(), TextKind::Python, nullptr, {});
  ASSERT_EQ(open.size(), 4u);
  EXPECT_TRUE(open[1].foldable);
  EXPECT_FALSE(open[2].foldable);
  const auto folded = layout_text(program(), TextKind::Python, nullptr, {{"f", {0}}});
  ASSERT_EQ(folded.size(), 3u);
  EXPECT_TRUE(folded[1].folded);
  EXPECT_EQ(folded[2].text, "    B[0] = 1");
}

TEST(LinkedLines, CutSpansAtTheirLine) {
  script::Printed printed;
  printed.text = "ab\ncdef\n";
  printed.nodes.push_back({{"f", {0}}, {4, 6}, {4, 7}});
  const LinkedLines linked = linked_lines(printed);
  ASSERT_EQ(linked.lines.size(), 2u);
  ASSERT_EQ(linked.nodes[1].size(), 1u);
  EXPECT_EQ(linked.nodes[1][0].begin, 1u);
  EXPECT_EQ(linked.nodes[1][0].end, 3u);
}

}  // namespace
}  // namespace loopglass::ui
