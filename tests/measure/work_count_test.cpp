// Counts worked out by hand for small programs, and held against a count of every access where that is feasible.
#include <gtest/gtest.h>

#include "engine/lower/lower.h"
#include "engine/measure/flop_count.h"
#include "engine/measure/touched_bytes.h"
#include "tests/measure/programs.h"

namespace loopglass::measure {
namespace {

ir::Function plain(const std::string& text) {
  const ir::Module module = parse(text);
  auto lowered = lower::lower(module->functions.front().function, module->functions.front().name, {.plain = true});
  EXPECT_TRUE(lowered) << lowered.error().message;
  return lowered->function;
}

struct Counts {
  int64_t flops, bytes_min;
  bool exact = true;
  bool operator==(const Counts&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Counts& c) { return out << c.flops << " flops, " << c.bytes_min << " bytes, exact " << c.exact; }
Counts counts(const std::string& text) {
  const ir::Function function = plain(text);
  const WorkCount work = count_work(function);
  return {work.flops, distinct_parameter_bytes(function), work.exact};
}

TEST(WorkCount, TheContractsExample) {
  EXPECT_EQ(counts(mm_relu(128)), (Counts{4210688, 3 * 128 * 128 * 4}));
  // A, B and Y are read 128^3 times each, Y is written as often; Y is read and C written 128^2 times; the init writes 128^2 times.
  EXPECT_EQ(count_work(plain(mm_relu(128))).accesses, 4 * 128 * 128 * 128 + 3 * 128 * 128);
}

TEST(WorkCount, IndexArithmeticCastsSelectsAndConditionsAreFree) {
  const std::string program = function_of(R"(A: T.Buffer((8, 8), "float32"), B: T.Buffer((64,), "float32"))", R"(
    for i, j in T.grid(8, 8):
        with T.sblock("B"):
            vi, vj = T.axis.remap("SS", [i, j])
            B[vi * 8 + vj] = T.Select(vi * 2 < vj + 1, A[vi, vj], T.Cast("float32", vi * 3 + vj))
)");
  EXPECT_EQ(counts(program), (Counts{0, 8 * 8 * 4 + 64 * 4}));
}

TEST(WorkCount, CallsCountAndIntegersOfDataToo) {
  const std::string program = function_of(R"(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32"), C: T.Buffer((8,), "float32"))", R"(
    for i in range(8):
        with T.sblock("B"):
            vi = T.axis.spatial(8, i)
            B[vi] = A[vi] * 3 - vi * 2
    for i in range(8):
        with T.sblock("C"):
            vi = T.axis.spatial(8, i)
            C[vi] = T.exp(C[vi]) / T.sqrt(C[vi])
)");
  // * and - of data; vi * 2 is made of indices. exp, sqrt, /.
  EXPECT_EQ(counts(program), (Counts{8 * 2 + 8 * 3, 8 * 4 /*A*/ + 8 * 4 /*B*/ + 2 * 8 * 4 /*C, read and written*/}));
}

// The padded copy touches only the inside: 6 x 6 of them from A, and the side not taken reads nothing.
TEST(WorkCount, PredicatesAreCountedExactly) {
  const std::string program = function_of(R"(A: T.Buffer((6, 6), "float32"), P: T.Buffer((8, 8), "float32"))", R"(
    for i, j in T.grid(8, 8):
        with T.sblock("P"):
            vi, vj = T.axis.remap("SS", [i, j])
            P[vi, vj] = T.if_then_else(1 <= vi and vi < 7 and 1 <= vj and vj < 7, A[vi - 1, vj - 1] * T.float32(2), T.float32(0))
)");
  EXPECT_EQ(counts(program), (Counts{36, 36 * 4 + 64 * 4}));
  const std::string where = function_of(R"(A: T.Buffer((10,), "float32"), B: T.Buffer((10,), "float32"))", R"(
    for i, j in T.grid(3, 4):
        with T.sblock("B"):
            vi = T.axis.spatial(10, i * 4 + j)
            T.where(i * 4 + j < 10)
            B[vi] = A[vi] + T.float32(1)
)");
  EXPECT_EQ(counts(where), (Counts{10, 80}));
}

TEST(WorkCount, OnlyTheElementsTouchedAreTraffic) {
  const std::string strided = function_of(R"(A: T.Buffer((100,), "float32"), B: T.Buffer((10,), "float32"))", R"(
    for i in range(10):
        with T.sblock("B"):
            vi = T.axis.spatial(10, i)
            B[vi] = A[vi * 10]
)");
  EXPECT_EQ(counts(strided), (Counts{0, 40 + 40}));
  const std::string stencil = function_of(R"(A: T.Buffer((100,), "float32"), B: T.Buffer((100,), "float32"))", R"(
    for i in range(50):
        with T.sblock("B"):
            vi = T.axis.spatial(50, i)
            B[vi + 1] = A[vi] + A[vi + 1] + A[vi + 2]
)");
  EXPECT_EQ(counts(stencil), (Counts{100, 52 * 4 + 50 * 4}));
  const std::string diagonal = function_of(R"(A: T.Buffer((9, 9), "int8"))", R"(
    for i in range(9):
        with T.sblock("A"):
            vi = T.axis.spatial(9, i)
            A[vi, vi] = T.int8(1)
)");
  EXPECT_EQ(counts(diagonal), (Counts{0, 9}));
}

TEST(WorkCount, AConvolutionSharesLoopsBetweenDimensions) {
  const std::string conv = function_of(R"(X: T.Buffer((4, 16), "float32"), W: T.Buffer((4, 3), "float32"), Y: T.Buffer((14,), "float32"))", R"(
    for i, c, r in T.grid(14, 4, 3):
        with T.sblock("Y"):
            vi, vc, vr = T.axis.remap("SRR", [i, c, r])
            with T.init():
                Y[vi] = T.float32(0)
            Y[vi] = Y[vi] + X[vc, vi + vr] * W[vc, vr]
)");
  EXPECT_EQ(counts(conv), (Counts{14 * 4 * 3 * 2, (4 * 16 + 4 * 3 + 14 + 14) * 4}));
}

// Where data decides, the larger side is counted and the answer says that it is not exact.
TEST(WorkCount, SaysWhereDataDecides) {
  const std::string program = function_of(R"(A: T.Buffer((8,), "float32"), B: T.Buffer((8,), "float32"))", R"(
    for i in range(8):
        with T.sblock("B"):
            vi = T.axis.spatial(8, i)
            if A[vi] > T.float32(0):
                B[vi] = A[vi] + T.float32(1)
)");
  EXPECT_EQ(counts(program), (Counts{8, 64, false}));
}

// A large program is counted by its trip counts, not by walking through it.
TEST(WorkCount, LargeProgramsAreNotWalkedThrough) {
  EXPECT_EQ(counts(mm_relu(4096)).flops, int64_t{2} * 4096 * 4096 * 4096 + 4096 * 4096);
}

}  // namespace
}  // namespace loopglass::measure
