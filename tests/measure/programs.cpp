#include "tests/measure/programs.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/script/parser.h"

namespace loopglass::measure {

std::string mm_relu(int n) {
  return fmt::format(R"(@T.prim_func(s_tir=True)
def mm_relu(A: T.Buffer(({0}, {0}), "float32"), B: T.Buffer(({0}, {0}), "float32"), C: T.Buffer(({0}, {0}), "float32")):
    Y = T.sblock_alloc_buffer(({0}, {0}))
    for i, j, k in T.grid({0}, {0}, {0}):
        with T.sblock("Y"):
            vi, vj, vk = T.axis.remap("SSR", [i, j, k])
            with T.init():
                Y[vi, vj] = T.float32(0)
            Y[vi, vj] = Y[vi, vj] + A[vi, vk] * B[vk, vj]
    for i, j in T.grid({0}, {0}):
        with T.sblock("C"):
            vi, vj = T.axis.remap("SS", [i, j])
            C[vi, vj] = T.max(Y[vi, vj], T.float32(0))
)",
                     n);
}

std::string function_of(const std::string& parameters, const std::string& body) {
  return "@T.prim_func(s_tir=True)\ndef f(" + parameters + "):\n" + body;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

ir::Module parse(const std::string& text) {
  auto module = script::parse_module(text);
  EXPECT_TRUE(module) << module.error().message << "\n" << text;
  return module.value();
}

}  // namespace loopglass::measure
