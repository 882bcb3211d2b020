// What lowering refuses, and where statements come from.
#include <gtest/gtest.h>

#include "engine/ir/visitor.h"
#include "engine/lower/checks.h"
#include "engine/lower/lower.h"
#include "engine/script/parser.h"

namespace loopglass::lower {
namespace {

ir::Module parsed(const std::string& body, const std::string& parameters = "A: T.Buffer((8, 8), \"float32\")") {
  const auto module = script::parse_module("from tvm.script import ir as I\nfrom tvm.script import tirx as T\n\n@I.ir_module\nclass Module:\n"
                                           "    @T.prim_func(s_tir=True)\n    def main(" + parameters + "):\n" + body);
  EXPECT_TRUE(module) << module.error().message;
  return module ? *module : nullptr;
}

Diagnostic refusal(const ir::Module& module) {
  const auto lowered = lower(module->functions[0].function, "main");
  EXPECT_FALSE(lowered);
  return lowered ? Diagnostic{} : lowered.error();
}

TEST(Lower, RefusesGpuLoops) {
  const Diagnostic d = refusal(parsed("        for i in T.thread_binding(8, thread=\"threadIdx.x\"):\n            with T.sblock(\"A\"):\n"
                                      "                vi = T.axis.spatial(8, i)\n                A[vi, 0] = T.float32(1)\n"));
  EXPECT_EQ(d.kind, DiagnosticKind::UnsupportedOperation);
  EXPECT_EQ(d.message, "loop i is bound to threadIdx.x, which a CPU does not have");
}

TEST(Lower, RefusesShapesThatAreNotConstant) {
  const Diagnostic d = refusal(parsed("        for i in range(8):\n            with T.sblock(\"A\"):\n                vi = T.axis.spatial(8, i)\n"
                                      "                A[vi] = T.float32(1)\n", "A: T.Buffer((\"n\",), \"float32\")"));
  EXPECT_EQ(d.kind, DiagnosticKind::UnsupportedOperation);
  EXPECT_EQ(d.message, "the shape of buffer A is not constant");
}

TEST(Lower, SaysWhereStatementsComeFrom) {
  const ir::Module module = parsed("        for i in range(8):\n            for j in T.vectorized(8):\n                with T.sblock(\"A\"):\n"
                                   "                    vi, vj = T.axis.remap(\"SS\", [i, j])\n                    A[vi, vj] = T.float32(1)\n");
  const auto lowered = lower(module->functions[0].function, "main");
  ASSERT_TRUE(lowered);
  int stores = 0, loops = 0;
  ir::for_each_stmt(lowered->function->body, [&](const ir::Stmt& s) {
    const ir::AttrStmt* attr = ir::as<ir::AttrStmt>(s);
    if (!attr || attr->key != kOrigin) return true;
    const ir::Stmt origin = ir::node_at(module, lowered->origins.at(static_cast<size_t>(*ir::as_int(attr->value))));
    if (attr->body->kind == ir::StmtKind::BufferStore) stores += origin->kind == ir::StmtKind::BufferStore;
    if (attr->body->kind == ir::StmtKind::For) loops += ir::as<ir::For>(origin) && ir::get<ir::For>(origin).loop_var->name == "i";
    return true;
  });
  EXPECT_EQ(stores, 1);
  EXPECT_EQ(loops, 1);
}

}  // namespace
}  // namespace loopglass::lower
