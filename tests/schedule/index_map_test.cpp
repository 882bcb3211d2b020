// Index maps: read from Python and from TVM's graphs, written as TVM writes them, mapped and inverted.
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/schedule/index_map_json.h"
#include "engine/schedule/index_map_text.h"
#include "engine/script/printer.h"

namespace loopglass::tests {
namespace {

using schedule::IndexMap;
using schedule::IndexMapRef;

IndexMapRef read(const std::string& text, std::optional<size_t> count = std::nullopt, ir::DataType type = ir::kInt32) {
  script::IndexFunctionContext context;
  context.index_type = type;
  context.count = count;
  context.known["tile"] = int64_t{4};
  const auto function = script::read_index_function(text, context);
  EXPECT_TRUE(function) << text << ": " << function.error().message;
  const auto map = function ? schedule::to_index_map(*function) : Result<IndexMapRef>(std::make_shared<const IndexMap>());
  EXPECT_TRUE(map) << text;
  return *map;
}

std::vector<ir::Expr> shape(std::initializer_list<int64_t> extents) {
  std::vector<ir::Expr> result;
  for (int64_t extent : extents) result.push_back(ir::make_int(extent));
  return result;
}

std::string list(const std::vector<ir::Expr>& exprs) {
  std::string text;
  for (const ir::Expr& e : exprs) text += (text.empty() ? "" : ", ") + script::print_expr(e);
  return text;
}

struct Written { const char* text; const char* python; };
class IndexMapText : public testing::TestWithParam<Written> {};

TEST_P(IndexMapText, IsWrittenAsTvmWritesIt) {
  const IndexMapRef map = read(GetParam().text, 3);
  EXPECT_EQ(schedule::to_python(*map), GetParam().python);
  EXPECT_EQ(schedule::to_python(*read(GetParam().python, 3)), GetParam().python) << "it is not read back";
}

INSTANTIATE_TEST_SUITE_P(All, IndexMapText, testing::Values(
    Written{"lambda i, j: (i // 4, j, i % 4)", "lambda i, j: (i // 4, j, i % 4,)"}, Written{"lambda i: i", "lambda i: (i,)"},
    Written{"lambda i: 0", "lambda i: (0,)"}, Written{"lambda *v: v", "lambda v_0, v_1, v_2: (v_0, v_1, v_2,)"},
    Written{"lambda *v, k: [*v, k // 4, k % 4]", "lambda v_0, v_1, k: (v_0, v_1, k // 4, k % 4,)"},
    Written{"lambda i, n=4: (i // n, i % n)", "lambda i, n: (i // n, i % n,)"}, Written{"lambda i: (i // tile,\n  i % tile)", "lambda i: (i // 4, i % 4,)"},
    Written{"i // 4, j, k", "lambda i, j, k: (i // 4, j, k,)"}, Written{"lambda i: (T.if_then_else(i < 3, i, 0), T.max(i, 2))", "lambda i: (T.if_then_else(i < 3, i, 0), T.max(i, 2),)"},
    Written{"lambda i: (tvm.tir.floordiv(i, 2), -i, i & 3)", "lambda i: (i // 2, i * -1, i & 3,)"},
    Written{"IndexMap.from_func(lambda i: i, index_dtype=\"int32\")", "lambda i: (i,)"},
    Written{"tvm.tirx.IndexMap.from_func(lambda i: (i // 4, i % 4), inverse_index_map=lambda i, j: i * 4 + j)",
            "tvm.tirx.IndexMap.from_func(lambda i: (i // T.int64(4), i % T.int64(4),), inverse_index_map=lambda i, j: (i * T.int64(4) + j,))"}));

TEST(IndexMap, MistakesHaveAPlace) {
  script::IndexFunctionContext context;
  for (const auto& [text, begin] : {std::pair{"lambda i: (i, j)", 14u}, std::pair{"lambda i: (i +)", 14u}, std::pair{"lambda i: T.int32", 10u}, std::pair{"lambda i: 'x", 10u}}) {
    const auto function = script::read_index_function(text, context);
    ASSERT_FALSE(function) << text;
    ASSERT_FALSE(function.error().labels.empty()) << text;
    EXPECT_EQ(function.error().labels[0].span->begin, begin) << text << ": " << function.error().message;
  }
}

TEST(IndexMap, Shapes) {
  arith::Analyzer analyzer;
  const auto mapped = [&](const std::string& text, std::initializer_list<int64_t> extents) { return list(*schedule::map_shape(*read(text), shape(extents), analyzer)); };
  EXPECT_EQ(mapped("lambda i, j: (i // 4, j, i % 4)", {32, 16}), "8, 16, 4");
  EXPECT_EQ(mapped("lambda i: (i // 4, i % 4)", {14}), "4, 4");
  EXPECT_EQ(mapped("lambda i: (i // 4, i % 4)", {3}), "1, 4") << "the padding counts";
  EXPECT_EQ(mapped("lambda i, j: (i * 16 + j,)", {32, 16}), "512");
  EXPECT_FALSE(schedule::map_shape(*read("lambda i, j: (i * j,)"), shape({3, 4}), analyzer)) << "the product of two intervals is unbounded, as in TVM";
  EXPECT_FALSE(schedule::map_shape(*read("lambda i: (i + 1,)"), shape({4}), analyzer));
}

TEST(IndexMap, Inverses) {
  arith::Analyzer analyzer;
  const auto inverse = [&](const std::string& text, std::initializer_list<int64_t> extents, arith::IterMapLevel level = arith::IterMapLevel::NoCheck) {
    const auto found = schedule::invert(*read(text), schedule::ranges_of(shape(extents)), level, analyzer);
    return found ? schedule::to_python(found->map) + " / " + script::print_expr(found->padding) : "none";
  };
  EXPECT_EQ(inverse("lambda i, j: (i // 4, j, i % 4)", {32, 16}), "lambda axis0, j, axis2: (axis0 * 4 + axis2, j,) / T.bool(False)");
  EXPECT_EQ(inverse("lambda i: (i // 4, i % 4)", {14}), "lambda axis0, axis1: (axis0 * 4 + axis1,) / axis0 == 3 and 2 <= axis1");
  EXPECT_EQ(inverse("lambda i: (i // 4, i % 4)", {14}, arith::IterMapLevel::Bijective), "none");
  EXPECT_EQ(inverse("lambda i, j: (i,)", {4, 5}), "none");
  EXPECT_EQ(inverse("lambda i, j: (i,)", {4, 1}), "lambda i: (i, 0,) / T.bool(False)") << "an index of extent 1 is known";
}

TEST(IndexMap, InjectiveOnes) {
  EXPECT_TRUE(schedule::is_injective(*read("lambda i: (i // 4, i % 4)"), shape({14})));
  EXPECT_FALSE(schedule::is_injective(*read("lambda i: (i // 2,)"), shape({14})));
  EXPECT_TRUE(schedule::is_injective(*read("lambda i, j: (i * 17 + j * 3,)"), shape({4, 5}))) << "found by going through them";
  EXPECT_FALSE(schedule::is_injective(*read("lambda i, j: (i * 2 + j,)"), shape({4, 5})));
}

// The graphs in TVM's own traces.
TEST(IndexMap, GraphsAsTvmWritesThem) {
  std::ifstream lines(LOOPGLASS_SOURCE_DIR "/tests/cases/index_maps/graphs.jsonl");
  ASSERT_TRUE(lines);
  std::string line;
  int count = 0;
  while (std::getline(lines, line)) {
    const nlohmann::json example = nlohmann::json::parse(line);
    const std::string graph = example["graph"].get<std::string>();
    const auto map = schedule::from_json_graph(graph);
    ASSERT_TRUE(map) << map.error().message << "\n" << graph;
    EXPECT_EQ(schedule::to_json_graph(**map, graph.find('\n') != std::string::npos), graph);
    EXPECT_EQ(schedule::to_python(**map), example["python"].get<std::string>());
    EXPECT_EQ(schedule::to_json_graph(*read(example["python"].get<std::string>(), 2, (*map)->initial_indices[0]->dtype), false), schedule::to_json_graph(**map, false));
    ++count;
  }
  EXPECT_GE(count, 20);
}

TEST(IndexMap, GraphsThatAreNone) {
  for (const char* text : {"{}", "{\"root_index\":0,\"nodes\":[]}", "{\"root_index\":0,\"nodes\":[{\"type\":\"None\"}]}", "{x}",
                           R"({"root_index":1,"nodes":[{"type":"ffi.Array","data":[0]},{"type":"tirx.IndexMap","data":{"initial_indices":0,"final_indices":0,"inverse_index_map":9}}]})",
                           R"({"root_index":2,"nodes":[{"type":"None"},{"type":"prim.Not","data":{"span":0,"ty":3,"a":1}},{"type":"tirx.IndexMap","data":{"initial_indices":4,"final_indices":5,"inverse_index_map":0}},{"type":"ir.PrimType","data":{"span":0,"dtype":"bool"}},{"type":"ffi.Array","data":[]},{"type":"ffi.Array","data":[1]}]})",
                           R"({"root_index":2,"nodes":[{"type":"None"},{"type":"tirx.Ramp","data":{"span":0,"ty":3}},{"type":"tirx.IndexMap","data":{"initial_indices":4,"final_indices":5,"inverse_index_map":0}},{"type":"ir.PrimType","data":{"span":0,"dtype":"int32"}},{"type":"ffi.Array","data":[]},{"type":"ffi.Array","data":[1]}]})"}) {
    const auto map = schedule::from_json_graph(text);
    EXPECT_FALSE(map) << text;
  }
}

}  // namespace
}  // namespace loopglass::tests
