// The two iterations that collide: found where they are, and not where they are not.
#include "engine/schedule/dependence.h"

#include <fmt/format.h>

#include "tests/schedule/program.h"

namespace loopglass::schedule {
namespace {

using tests::block;
using tests::loop;
using tests::parse;

const char kMatmul[] = R"(
@T.prim_func(s_tir=True)
def main(A: T.Buffer((128, 128), "float32"), B: T.Buffer((128, 128), "float32"), Y: T.Buffer((128, 128), "float32")):
    for i, j, k in T.grid(128, 128, 128):
        with T.sblock("Y"):
            vi, vj, vk = T.axis.remap("SSR", [i, j, k])
            with T.init():
                Y[vi, vj] = T.float32(0.0)
            Y[vi, vj] = Y[vi, vj] + A[vi, vk] * B[vk, vj]
)";

// One loop over `body`, which may use A, B (both of 64 elements) and i.
ir::Module loop_over(const std::string& body, const std::string& extent = "32") {
  return parse("@T.prim_func(s_tir=True)\n"
               "def main(A: T.Buffer((64,), \"float32\"), B: T.Buffer((64,), \"float32\"), I: T.Buffer((64,), \"int32\")):\n"
               "    for i in range(" + extent + "):\n"
               "        with T.sblock(\"S\"):\n"
               "            vi = T.axis.spatial(" + extent + ", i)\n"
               "            T.reads(A[0:64], B[0:64], I[0:64])\n"
               "            T.writes(B[0:64])\n"
               "            " + body + "\n");
}

TEST(CarriedDependence, AReductionLoopWritesOneElementAgain) {
  const ir::Module module = parse(kMatmul);
  const DependenceAnswer answer = carried_dependence(loop(module, "Y", "k"));
  ASSERT_TRUE(answer.collision);
  EXPECT_EQ(describe(*answer.collision), "iterations k=0 and k=1 both write Y[0, 0]");
  EXPECT_EQ(answer.collision->witness.first, (std::vector<std::pair<std::string, int64_t>>{{"i", 0}, {"j", 0}, {"k", 0}}));
}

TEST(CarriedDependence, SpatialLoopsAreIndependent) {
  const ir::Module module = parse(kMatmul);
  EXPECT_FALSE(carried_dependence(loop(module, "Y", "i")).collision);
  EXPECT_FALSE(carried_dependence(loop(module, "Y", "j")).collision);
}

TEST(CarriedDependence, ReadsWhatAnEarlierIterationWrote) {
  const ir::Module module = loop_over("B[vi + 1] = B[vi] + A[vi]");
  const DependenceAnswer answer = carried_dependence(loop(module, "S", "i"));
  ASSERT_TRUE(answer.collision);
  EXPECT_EQ(describe(*answer.collision), "iteration i=1 reads B[1], which iteration i=0 writes before it");
}

TEST(CarriedDependence, OverwritesWhatAnEarlierIterationRead) {
  const ir::Module module = loop_over("B[vi] = B[vi + 20] + A[vi]");
  const DependenceAnswer answer = carried_dependence(loop(module, "S", "i"));
  ASSERT_TRUE(answer.collision);
  EXPECT_EQ(describe(*answer.collision), "iteration i=20 writes B[20], which iteration i=0 reads before it");
}

TEST(CarriedDependence, AllIterationsWereLookedAt) {
  const DependenceAnswer apart = carried_dependence(loop(loop_over("B[vi] = B[vi + 32] + A[vi]"), "S", "i"));
  EXPECT_FALSE(apart.collision);
  EXPECT_TRUE(apart.exhaustive);
}

TEST(CarriedDependence, GuardedAccessesDoNotHappen) {
  EXPECT_FALSE(carried_dependence(loop(loop_over("B[vi + 1] = T.if_then_else(vi < 0, B[vi], A[vi])"), "S", "i")).collision);
}

TEST(CarriedDependence, WhatDependsOnDataIsNoProof) {
  const DependenceAnswer answer = carried_dependence(loop(loop_over("B[I[vi]] = A[vi]"), "S", "i"));
  EXPECT_FALSE(answer.collision);
  EXPECT_FALSE(answer.exhaustive);
}

TEST(CarriedDependence, SymbolicExtents) {
  const ir::Module module = parse(R"(
@T.prim_func(s_tir=True)
def main(a: T.handle, n: T.int32):
    A = T.match_buffer(a, (n,))
    for i in range(n):
        with T.sblock("S"):
            vi = T.axis.spatial(n, i)
            T.reads()
            T.writes(A[0])
            A[0] = T.float32(1.0)
)");
  const DependenceAnswer answer = carried_dependence(loop(module, "S", "i"));
  ASSERT_TRUE(answer.collision);
  EXPECT_EQ(describe(*answer.collision), "iterations i=0 and i=1 both write A[0]");
}

TEST(CarriedDependence, ABufferOfEachIterationIsItsOwn) {
  const ir::Module module = parse(R"(
@T.prim_func(s_tir=True)
def main(A: T.Buffer((16,), "float32"), B: T.Buffer((16,), "float32")):
    for i in range(16):
        with T.sblock("outer"):
            vi = T.axis.spatial(16, i)
            T.reads(A[vi])
            T.writes(B[vi])
            t = T.sblock_alloc_buffer((1,))
            with T.sblock("load"):
                T.reads(A[vi])
                T.writes(t[0])
                t[0] = A[vi]
            with T.sblock("store"):
                T.reads(t[0])
                T.writes(B[vi])
                B[vi] = t[0]
)");
  const DependenceAnswer answer = carried_dependence(loop(module, "outer", "i"));
  EXPECT_FALSE(answer.collision);
  EXPECT_TRUE(answer.exhaustive);
}

const char kOverwritten[] = R"(
@T.prim_func(s_tir=True)
def main(A: T.Buffer((24,), "float32"), B: T.Buffer((24,), "float32"), C: T.Buffer((24,), "float32")):
    for i in range(12):
        with T.sblock("first"):
            vi = T.axis.spatial(12, i)
            B[vi + 3] = A[vi] * T.float32(2.0)
    for i in range(5):
        with T.sblock("second"):
            vi = T.axis.spatial(5, i)
            A[vi + 7] = T.float32(0.0)
    for i in range(3):
        with T.sblock("third"):
            vi = T.axis.spatial(3, i)
            C[vi] = B[vi]
)";

TEST(Conflict, AnElementThatBothTouch) {
  const ir::Module module = parse(kOverwritten);
  const DependenceAnswer answer = conflict(block(module, "first"), block(module, "second"));
  ASSERT_TRUE(answer.collision);
  EXPECT_EQ(describe(*answer.collision), "iteration i=0 writes A[7], which iteration i=7 reads before it");
}

TEST(Conflict, SameBufferOtherElements) {
  const ir::Module module = parse(kOverwritten);
  const DependenceAnswer answer = conflict(block(module, "first"), block(module, "third"));
  EXPECT_FALSE(answer.collision);
  EXPECT_TRUE(answer.exhaustive);
}

// Two nests that would be merged: the second reads B at vi + `ahead`.
DependenceAnswer merged_with_reader(int ahead) {
  const ir::Module module = parse(fmt::format(R"(
@T.prim_func(s_tir=True)
def main(A: T.Buffer((64,), "float32"), C: T.Buffer((64,), "float32")):
    B = T.sblock_alloc_buffer((64,))
    for i in range(64):
        with T.sblock("B"):
            vi = T.axis.spatial(64, i)
            B[vi] = A[vi]
    for j in range(32):
        with T.sblock("C"):
            vi = T.axis.spatial(32, j)
            C[vi] = B[vi + {}]
)", ahead));
  return merged_conflict({loop(module, "B", "i")}, {loop(module, "C", "j")});
}

TEST(MergedConflict, ReadsWhatALaterIterationWouldWrite) {
  const DependenceAnswer answer = merged_with_reader(1);
  ASSERT_TRUE(answer.collision);
  EXPECT_EQ(answer.collision->witness.index, std::vector<int64_t>{1});
  EXPECT_EQ(answer.collision->witness.first.back().second, 1);
  EXPECT_EQ(answer.collision->witness.second.back().second, 0);
  EXPECT_TRUE(merged_with_reader(32).collision) << "beyond the first few iterations";
}

TEST(MergedConflict, ReadsWhatTheSameIterationWrites) {
  const DependenceAnswer answer = merged_with_reader(0);
  EXPECT_FALSE(answer.collision);
  EXPECT_TRUE(answer.exhaustive);
}

}  // namespace
}  // namespace loopglass::schedule
