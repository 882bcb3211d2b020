// TensorIntrin.register in a Python file.
#include <gtest/gtest.h>

#include "engine/script/parser.h"

namespace loopglass::script {
namespace {

const std::string kFunctions = R"(
from tvm.script import tirx as T

@T.prim_func(s_tir=True)
def add_desc(A: T.Buffer((4,), "float32"), B: T.Buffer((4,), "float32")):
    with T.sblock("root"):
        T.reads(A[0:4])
        T.writes(B[0:4])
        for i in range(4):
            with T.sblock("B"):
                vi = T.axis.spatial(4, i)
                B[vi] = A[vi] + T.float32(1)

@T.prim_func(s_tir=True)
def add_impl(A: T.Buffer((4,), "float32", offset_factor=1), B: T.Buffer((4,), "float32", offset_factor=1)):
    with T.sblock("root"):
        T.reads(A[0:4])
        T.writes(B[0:4])
        B[0:4] = A[0:4] + T.Broadcast(T.float32(1), 4)

@T.prim_func(s_tir=True)
def one_buffer(A: T.Buffer((4,), "float32")):
    with T.sblock("root"):
        T.reads()
        T.writes(A[0:4])
        A[0] = T.float32(1)

@T.prim_func(s_tir=True)
def scalar(n: T.int32, A: T.Buffer((4,), "float32")):
    with T.sblock("root"):
        T.reads()
        T.writes(A[0:4])
        A[0] = T.float32(1)

@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((8,), "float32")):
        for i in range(8):
            with T.sblock("A"):
                vi = T.axis.spatial(8, i)
                A[vi] = T.float32(1)

sch = tvm.s_tir.Schedule(Module)
)";

TEST(TensorIntrin, IsKnownToTheSchedulesOfItsFile) {
  for (const char* statement : {"tvm.s_tir.TensorIntrin.register(\"add_4\", add_desc, add_impl)", "tvm.tir.TensorIntrin.register(\"add_4\", add_desc, add_impl)",
                                "NAME = \"add_4\"\nTensorIntrin.register(NAME, desc=add_desc, impl=add_impl, override=True)"}) {
    const ParsedFile file = parse_file(kFunctions + statement + "\n");
    ASSERT_TRUE(file.errors.empty()) << file.errors.front().message;
    ASSERT_TRUE(file.intrinsics) << statement;
    ASSERT_EQ(file.intrinsics->size(), 1u);
    EXPECT_EQ(file.intrinsics->front().name, "add_4");
    EXPECT_EQ(file.intrinsics->front().implementation_name, "add_impl");
    EXPECT_EQ(file.schedules.front().intrinsics, file.intrinsics);
    for (const ParsedModule& module : file.modules) EXPECT_FALSE(module.name.starts_with("add_")) << module.name;
    EXPECT_EQ(file.modules.back().name, "Module");
  }
}

TEST(TensorIntrin, TheLastRegistrationWithOverrideCounts) {
  const std::string twice = "TensorIntrin.register(\"x\", add_desc, add_desc)\nTensorIntrin.register(\"x\", add_desc, add_impl, override=True)\n";
  const ParsedFile file = parse_file(kFunctions + twice);
  ASSERT_TRUE(file.errors.empty()) << file.errors.front().message;
  ASSERT_EQ(file.intrinsics->size(), 1u);
  EXPECT_EQ(file.intrinsics->front().implementation_name, "add_impl");
}

void expect_error(const std::string& statement, DiagnosticKind kind, const std::string& words) {
  const ParsedFile file = parse_file(kFunctions + statement + "\n");
  ASSERT_EQ(file.errors.size(), 1u) << statement;
  EXPECT_EQ(file.errors[0].kind, kind) << file.errors[0].message;
  EXPECT_NE(file.errors[0].message.find(words), std::string::npos) << file.errors[0].message;
}

TEST(TensorIntrin, SaysWhatIsWrongWithARegistration) {
  expect_error("TensorIntrin.register(\"x\", add_desc, nowhere)", DiagnosticKind::UndefinedName, "needs a function nowhere");
  expect_error("TensorIntrin.register(\"x\", add_desc, Module)", DiagnosticKind::UndefinedName, "needs a function Module");
  expect_error("TensorIntrin.register(\"x\", add_desc, one_buffer)", DiagnosticKind::IllFormed, "has 2 parameters and its implementation 1");
  expect_error("TensorIntrin.register(\"x\", add_desc, scalar)", DiagnosticKind::IllFormed, "parameter n is no buffer");
  expect_error("TensorIntrin.register(\"x\", add_desc, add_impl)\nTensorIntrin.register(\"x\", add_desc, add_impl)", DiagnosticKind::BadArgument, "registered twice");
}

TEST(TensorIntrin, AFunctionThatIsScheduledStaysAProgram) {
  const ParsedFile file = parse_file(kFunctions + "TensorIntrin.register(\"x\", add_desc, add_impl)\ns = tvm.s_tir.Schedule(add_desc)\n");
  ASSERT_TRUE(file.errors.empty()) << file.errors.front().message;
  EXPECT_EQ(file.modules.front().name, "add_desc");
}

}  // namespace
}  // namespace loopglass::script
