// TVM's JSON graphs: every program comes back from its own; what is damaged is an error, never a crash.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/script/json_graph.h"
#include "engine/support/base64.h"
#include "tests/script/case_file.h"
#include "tests/script/round_trip.h"

namespace loopglass::script {
namespace {

ir::Module read(const std::string& text) {
  const Result<ir::Module> module = parse_module(text);
  EXPECT_TRUE(module) << module.error().message;
  return *module;
}

TEST(JsonGraph, ProgramsComeBack) {
  for (const CaseFile& c : read_cases("printing")) {
    const ir::Module module = parse_file(c.input).modules.at(0).module;
    const Result<ir::Module> again = module_from_json_graph(module_to_json_graph(module));
    ASSERT_TRUE(again) << c.path << ": " << again.error().message;
    EXPECT_EQ(ir::first_difference(module, *again), "") << c.path;
    if (!module->is_bare_function && module->name == "Module") {
      EXPECT_EQ(print(*again).text, print(module).text) << c.path;
    }
  }
}

constexpr const char* kProgram = R"(
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((16, "n"), "float32"), B: T.Buffer((16,), "float32"), n: T.int32):
        T.func_attr({"tirx.noalias": True, "list": [1, "x", 1.5], "map": {"a": T.int64(3)}})
        for i, k in T.grid(16, n):
            with T.sblock("B"):
                vi, vk = T.axis.remap("SR", [i, k])
                T.where(i < 9)
                with T.init():
                    B[vi] = T.float32("-inf")
                B[vi] = T.max(B[vi], T.exp(A[vi, vk]))
)";

TEST(JsonGraph, KeepsWhatIsOneThing) {
  const ir::Module module = read(kProgram);
  const Result<ir::Module> again = module_from_json_graph(module_to_json_graph(module));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(print(*again).text, print(module).text);
  const ir::PrimFunc& f = *again.value()->functions[0].function;
  EXPECT_EQ(ir::as_var(f.params[0].buffer->shape[1]), f.params[2].var) << "the symbolic extent is the parameter";
  EXPECT_TRUE(f.is_s_tir);
}

// Every node in turn is taken for another one, or loses a field.
TEST(JsonGraph, DamagedGraphsAreRefused) {
  const std::string text = module_to_json_graph(read(kProgram));
  const nlohmann::json graph = parse_json_graph(text).value();
  int refused = 0;
  for (size_t i = 0; i < graph["nodes"].size(); ++i) {
    for (const int damage : {0, 1, 2, 3}) {
      nlohmann::json spoilt = graph;
      nlohmann::json& node = spoilt["nodes"][i];
      if (damage == 0) node["type"] = "no.such.Type";
      if (damage == 1) node.erase("data");
      if (damage == 2 && node.contains("data") && node["data"].is_object()) node["data"].erase(node["data"].begin());
      if (damage == 3) node = graph["nodes"][(i * 7 + 3) % graph["nodes"].size()];
      const Result<ir::Module> module = module_from_json_graph(spoilt.dump());
      refused += !module;
    }
  }
  EXPECT_GT(refused, static_cast<int>(graph["nodes"].size()));
}

struct Wrong { const char* graph; DiagnosticKind kind; };
class WrongGraph : public testing::TestWithParam<Wrong> {};
TEST_P(WrongGraph, IsRefused) {
  const Result<ir::Module> module = module_from_json_graph(GetParam().graph);
  ASSERT_FALSE(module);
  EXPECT_EQ(module.error().kind, GetParam().kind) << module.error().message;
}
constexpr DiagnosticKind kBad = DiagnosticKind::BadArgument;
INSTANTIATE_TEST_SUITE_P(All, WrongGraph, testing::Values(
    Wrong{"", kBad}, Wrong{"[]", kBad}, Wrong{"{", kBad}, Wrong{R"({"root_index":0})", kBad}, Wrong{R"({"root_index":5,"nodes":[]})", kBad},
    Wrong{R"({"root_index":"0","nodes":[{"type":"None"}]})", kBad}, Wrong{R"({"root_index":0,"nodes":[{"type":"None"}]})", kBad},
    Wrong{R"({"root_index":0,"nodes":[{"type":"ir.IRModule","data":{"functions":1,"attrs":2}},{"type":"ffi.Map","data":[2,3]},{"type":"None"},{"type":"None"}]})", kBad},
    Wrong{R"({"root_index":0,"nodes":[{"type":"ir.IRModule","data":{"functions":1,"attrs":2}},{"type":"ffi.Map","data":[3,5]},{"type":"None"},{"type":"ir.GlobalVar","data":{"name_hint":4}},)"
          R"({"type":"ffi.String","data":"f"},{"type":"relax.expr.Function","data":{}}]})", DiagnosticKind::UnsupportedSyntax}));

TEST(Base64, ThereAndBack) {
  for (const char* text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) EXPECT_EQ(from_base64(to_base64(text)), text);
  EXPECT_EQ(to_base64("foob"), "Zm9vYg==");
  EXPECT_EQ(from_base64("Zm9v\nYg=="), "foob");
  for (const char* wrong : {"Z", "Zg=", "Zg=a", "Z===", "Zg==Zg==", "Zm9*"}) EXPECT_EQ(from_base64(wrong), std::nullopt) << wrong;
}

}  // namespace
}  // namespace loopglass::script
