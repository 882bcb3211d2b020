// Who depends on whom in a scope, and the numbers of the conditions that a block violates.
#include "engine/schedule/block_scope.h"

#include "tests/schedule/program.h"

namespace loopglass::schedule {
namespace {

using tests::block;
using tests::loop;
using tests::parse;
using tests::root_of;

const char kProgram[] = R"(
@T.prim_func(s_tir=True)
def main(A: T.Buffer((16, 16), "float32"), C: T.Buffer((16, 16), "float32"), D: T.Buffer((16,), "float32")):
    Y = T.sblock_alloc_buffer((16, 16))
    for i, j in T.grid(16, 16):
        with T.sblock("Y_init"):
            vi, vj = T.axis.remap("SS", [i, j])
            Y[vi, vj] = T.float32(0.0)
    for i, j, k in T.grid(16, 16, 16):
        with T.sblock("Y_update"):
            vi, vj, vk = T.axis.remap("SSR", [i, j, k])
            Y[vi, vj] = Y[vi, vj] + A[vi, vk]
    for i, j in T.grid(16, 16):
        with T.sblock("C"):
            vi, vj = T.axis.remap("SS", [i, j])
            C[vi, vj] = Y[vi, vj]
    for i, k in T.grid(16, 16):
        with T.sblock("D"):
            vi, vk = T.axis.remap("SR", [i, k])
            with T.init():
                D[vi] = T.float32(0.0)
            D[vi] = D[vi] + C[vi, vk]
)";

std::vector<std::string> names(const BlockScope& scope, const std::vector<size_t>& blocks) {
  std::vector<std::string> result;
  for (size_t i : blocks) result.push_back(scope.blocks[i].block().name);
  return result;
}

TEST(BlockScope, ProducersAndConsumers) {
  const ir::Module module = parse(kProgram);
  const BlockScope scope = make_block_scope(root_of(module));
  ASSERT_EQ(scope.blocks.size(), 4u);
  const auto of = [&](const char* name) { return scope.index_of(block(module, name)); };
  EXPECT_EQ(names(scope, producers(scope, of("C"))), (std::vector<std::string>{"Y_init", "Y_update"}));
  EXPECT_EQ(names(scope, consumers(scope, of("Y_init"))), (std::vector<std::string>{"Y_update", "C"}));
  EXPECT_EQ(names(scope, producers(scope, of("D"))), (std::vector<std::string>{"C"}));
  EXPECT_TRUE(producers(scope, of("Y_init")).empty());
}

TEST(BlockConditions, CompleteBlock) {
  const ir::Module module = parse(kProgram);
  const Place root = root_of(module);
  EXPECT_EQ(complete_violation(block(module, "C"), root).condition, 0);
  EXPECT_EQ(complete_violation(block(module, "Y_update"), root).condition, 1);
  EXPECT_EQ(complete_violation(block(module, "Y_init"), root).condition, 2);
  EXPECT_EQ(complete_violation(block(module, "Y_init"), root).reason, "block \"Y_update\" writes Y too");
}

TEST(BlockConditions, ReductionBlock) {
  const ir::Module module = parse(kProgram);
  const Place root = root_of(module);
  EXPECT_EQ(reduction_violation(block(module, "D"), root).condition, 0);
  EXPECT_EQ(reduction_violation(block(module, "Y_update"), root).condition, 1);
}

TEST(BlockConditions, UnderALoopDominanceIsLocal) {
  const ir::Module module = parse(kProgram);
  EXPECT_EQ(complete_violation(block(module, "Y_init"), loop(module, "Y_init", "i")).condition, 0);
  EXPECT_TRUE(check_compact_dataflow(loop(module, "Y_init", "i")));
  const Result<void> update = check_compact_dataflow(loop(module, "Y_update", "i"));
  ASSERT_FALSE(update);
  EXPECT_EQ(update.error().kind, DiagnosticKind::NotCompactDataflow);
}

TEST(BlockConditions, ReductionAxisInTheOutput) {
  const ir::Module module = parse(R"(
@T.prim_func(s_tir=True)
def main(A: T.Buffer((16,), "float32"), D: T.Buffer((16,), "float32")):
    for k in range(16):
        with T.sblock("D"):
            vk = T.axis.reduce(16, k)
            with T.init():
                D[0] = T.float32(0.0)
            D[vk] = D[vk] + A[vk]
)");
  const Violation v = reduction_violation(block(module, "D"), root_of(module));
  EXPECT_EQ(v.condition, 5);
  EXPECT_EQ(v.reason, "its reduction axis vk indexes the output D");
  const Result<void> checked = check_reduction_block(block(module, "D"));
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, DiagnosticKind::NotReductionBlock);
}

TEST(StagePipeline, WhatIsReadHasBeenWritten) {
  const ir::Module module = parse(kProgram);
  EXPECT_TRUE(is_stage_pipeline(root_of(module)));
}

TEST(StagePipeline, NotWhereAnEarlierReadIsOverwritten) {
  const ir::Module module = parse(R"(
@T.prim_func(s_tir=True)
def main(A: T.Buffer((16,), "float32"), B: T.Buffer((16,), "float32")):
    for i in range(16):
        with T.sblock("B"):
            vi = T.axis.spatial(16, i)
            B[vi] = A[vi]
    for i in range(16):
        with T.sblock("A"):
            vi = T.axis.spatial(16, i)
            A[vi] = T.float32(0.0)
)");
  EXPECT_FALSE(is_stage_pipeline(root_of(module)));
}

TEST(AffineBinding, SplitsAndFusionsAreAndProductsAreNot) {
  const auto binding = [](const std::string& value, const std::string& extent) {
    return parse("@T.prim_func(s_tir=True)\n"
                 "def main(A: T.Buffer((256,), \"float32\")):\n"
                 "    for i, j in T.grid(16, 16):\n"
                 "        with T.sblock(\"S\"):\n"
                 "            v = T.axis.spatial(" + extent + ", " + value + ")\n"
                 "            A[v] = T.float32(1.0)\n");
  };
  EXPECT_TRUE(is_affine_binding(block(binding("i * 16 + j", "256"), "S")));
  EXPECT_TRUE(is_affine_binding(block(binding("i", "16"), "S")));
  EXPECT_FALSE(is_affine_binding(block(binding("i * j", "256"), "S")));
  const Result<void> product = check_affine_binding(block(binding("i * j", "256"), "S"));
  ASSERT_FALSE(product);
  EXPECT_EQ(product.error().kind, DiagnosticKind::NotAffineBinding);
  // Every value in [0, 31) is reached, some of them more than once: TVM asks for no more.
  EXPECT_TRUE(is_affine_binding(block(binding("i + j", "31"), "S")));
  EXPECT_FALSE(is_affine_binding(block(binding("i * 2", "31"), "S")));
}

}  // namespace
}  // namespace loopglass::schedule
