// A slice gives the element that the whole program gives: the interpreter runs both.
#include "engine/measure/worker/sampled_outputs.h"

#include <gtest/gtest.h>

#include "engine/interp/interpreter.h"
#include "engine/lower/lower.h"
#include "engine/measure/flop_count.h"
#include "engine/measure/worker/interpreter_check.h"
#include "tests/measure/programs.h"

namespace loopglass::measure {
namespace {

int64_t accesses_of(const ir::Function& function) { return count_work(lower::lower(function, "f", {.plain = true})->function).accesses; }

// Each sampled element of each output; bit by bit.
void expect_slices_agree(const std::string& text) {
  const ir::Module module = parse(text);
  const ir::Function& function = module->functions.front().function;
  const std::vector<interp::Tensor> inputs = interp::make_arguments(function, 3).value();
  std::vector<interp::Tensor> whole = inputs;
  ASSERT_TRUE(interp::run(function, whole));
  const std::vector<Slice> slices = sample_outputs(function, 5, INT64_MAX);
  ASSERT_GE(slices.size(), 5u);
  for (const Slice& slice : slices) {
    std::vector<interp::Tensor> part = inputs;
    const auto done = interp::run(slice.function, part);
    ASSERT_TRUE(done) << done.error().message;
    const size_t p = slice.element.parameter;
    const int64_t flat = offset_of(slice.element.index, whole[p]) / whole[p].dtype.bytes();
    EXPECT_EQ(part[p].at(flat), whole[p].at(flat)) << text << "parameter " << p << " element " << flat;
  }
}

TEST(SampledOutputs, AProductNeedsOneRowAndOneColumn) {
  expect_slices_agree(mm_relu(16));
  const ir::Module module = parse(mm_relu(64));
  const ir::Function slice = slice_for(module->functions.front().function, {2, {5, 7}});
  EXPECT_EQ(accesses_of(slice), 64 * 4 + 1 + 2) << "the sum, its init, and the maximum";
}

TEST(SampledOutputs, AConvolutionNeedsAWindow) {
  expect_slices_agree(function_of(R"(X: T.Buffer((3, 12), "float32"), W: T.Buffer((3, 3), "float32"), Y: T.Buffer((12,), "float32"))", R"(
    P = T.sblock_alloc_buffer((3, 14))
    for c, i in T.grid(3, 14):
        with T.sblock("P"):
            vc, vi = T.axis.remap("SS", [c, i])
            P[vc, vi] = T.if_then_else(1 <= vi and vi < 13, X[vc, vi - 1], T.float32(0))
    for i, c, r in T.grid(12, 3, 3):
        with T.sblock("Y"):
            vi, vc, vr = T.axis.remap("SRR", [i, c, r])
            with T.init():
                Y[vi] = T.float32(0)
            Y[vi] = Y[vi] + P[vc, vi + vr] * W[vc, vr]
)"));
}

TEST(SampledOutputs, ASoftmaxNeedsItsRow) {
  expect_slices_agree(function_of(R"(A: T.Buffer((6, 8), "float32"), B: T.Buffer((6, 8), "float32"))", R"(
    M = T.sblock_alloc_buffer((6,))
    S = T.sblock_alloc_buffer((6,))
    for i, k in T.grid(6, 8):
        with T.sblock("M"):
            vi, vk = T.axis.remap("SR", [i, k])
            with T.init():
                M[vi] = T.min_value("float32")
            M[vi] = T.max(M[vi], A[vi, vk])
    for i, k in T.grid(6, 8):
        with T.sblock("S"):
            vi, vk = T.axis.remap("SR", [i, k])
            with T.init():
                S[vi] = T.float32(0)
            S[vi] = S[vi] + T.exp(A[vi, vk] - M[vi])
    for i, j in T.grid(6, 8):
        with T.sblock("B"):
            vi, vj = T.axis.remap("SS", [i, j])
            B[vi, vj] = T.exp(A[vi, vj] - M[vi]) / S[vi]
)"));
}

// Loops that may not be confined: a running sum, an index of two loops, a store that other iterations of the same loop read.
TEST(SampledOutputs, WhatDependsOnOtherIterationsKeepsThem) {
  expect_slices_agree(function_of(R"(A: T.Buffer((20,), "float32"))", R"(
    for i in range(19):
        with T.sblock("A"):
            vi = T.axis.spatial(19, i)
            A[vi + 1] = A[vi + 1] + A[vi]
)"));
  expect_slices_agree(function_of(R"(A: T.Buffer((24,), "float32"), B: T.Buffer((24,), "float32"))", R"(
    for i, j in T.grid(6, 4):
        with T.sblock("B"):
            vi = T.axis.spatial(24, i * 4 + j)
            B[vi] = A[23 - vi]
)"));
  expect_slices_agree(function_of(R"(A: T.Buffer((5, 6), "float32"), B: T.Buffer((5, 6), "float32"))", R"(
    Y = T.sblock_alloc_buffer((6,))
    for i in range(5):
        for j in range(6):
            with T.sblock("Y"):
                vi, vj = T.axis.remap("SS", [i, j])
                Y[vj] = A[vi, vj] * T.float32(2)
        for j in range(6):
            with T.sblock("B"):
                vi, vj = T.axis.remap("SS", [i, j])
                B[vi, vj] = Y[5 - vj]
)"));
}

TEST(SampledOutputs, SeveralOutputsAndInPlaceUpdates) {
  expect_slices_agree(function_of(R"(A: T.Buffer((6, 6), "int32"), B: T.Buffer((6, 6), "int32"))", R"(
    for i, j in T.grid(6, 6):
        with T.sblock("A"):
            vi, vj = T.axis.remap("SS", [i, j])
            A[vi, vj] = A[vi, vj] * 3
    for i, j in T.grid(6, 6):
        with T.sblock("B"):
            vi, vj = T.axis.remap("SS", [i, j])
            B[vj, vi] = A[vi, vj] + B[vj, vi]
)"));
}

TEST(SampledOutputs, WhatIsTooLargeIsLeftOut) {
  const ir::Module module = parse(mm_relu(64));
  EXPECT_TRUE(sample_outputs(module->functions.front().function, 0, 10).empty());
  EXPECT_EQ(sample_outputs(module->functions.front().function, 0, 300).size(), 5u);
}

}  // namespace
}  // namespace loopglass::measure
