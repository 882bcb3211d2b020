// T.reads and T.writes that are left out come back as TVM 0.27 detects them (each expectation was printed by it).
#include <gtest/gtest.h>

#include "engine/script/parser.h"
#include "engine/script/printer.h"

namespace loopglass::script {
namespace {

// The T.reads / T.writes lines of block "b" whose body is given.
std::string regions(const std::string& body) {
  std::string text = "@T.prim_func(s_tir=True)\ndef f(A: T.Buffer((8, 8), \"float32\"), B: T.Buffer((8,), \"float32\"), Q: T.Buffer((8,), \"int32\")):\n    for i in range(4):\n        with T.sblock(\"b\"):\n            vi = T.axis.spatial(4, i)\n";
  for (size_t at = 0; at < body.size();) {
    const size_t end = body.find('\n', at);
    text += "            " + body.substr(at, end - at) + "\n";
    at = end + 1;
  }
  const Result<ir::Module> module = parse_module(text);
  if (!module) return "error: " + module.error().message;
  const std::string printed = print(*module).text;
  const size_t reads = printed.find("T.reads"), writes = printed.find("T.writes"), end = printed.find('\n', writes);
  return printed.substr(reads, printed.find('\n', reads) - reads) + " " + printed.substr(writes, end - writes);
}

}  // namespace

TEST(AccessRegion, Points) { EXPECT_EQ(regions("A[vi, 0] = B[vi] + A[0, vi]\n"), "T.reads(B[vi], A[0, vi]) T.writes(A[vi, 0])"); }

TEST(AccessRegion, LoopsInsideAreRelaxed) {
  EXPECT_EQ(regions("for k in range(4):\n    A[vi, k * 2 + 1] = B[k] + B[7 - k]\n"), "T.reads(B[0:8]) T.writes(A[vi, 1:8])");
  EXPECT_EQ(regions("for k in range(4):\n    A[vi, k // 2] = B[k % 2]\n"), "T.reads(B[0:2]) T.writes(A[vi, 0:2])");
}

TEST(AccessRegion, WhatAnInitWritesIsNotRead) {
  EXPECT_EQ(regions("vk = T.axis.reduce(4, i)\nwith T.init():\n    B[vi] = 0.0\nB[vi] = B[vi] + A[vi, vk]\n"), "T.reads(A[vi, vk]) T.writes(B[vi])");
}

TEST(AccessRegion, BlocksInsideCountByTheirOwn) {
  EXPECT_EQ(regions("for k in range(4):\n    with T.sblock(\"inner\"):\n        vk = T.axis.spatial(4, k)\n        A[vi, vk] = A[vi, vk + 1] * 2.0\n"), "T.reads(A[vi, 1:5]) T.writes(A[vi, 0:4])");
}

TEST(AccessRegion, WhatHasNoBoundsIsTheWholeDimension) {
  EXPECT_EQ(regions("A[vi, T.Cast(\"int32\", T.floor(B[vi]))] = 1.0\n"), "T.reads(B[vi]) T.writes(A[vi, 0:8])");
  EXPECT_EQ(regions("A[vi, Q[vi]] = 1.0\n"), "T.reads(Q[vi]) T.writes(A[vi, Q[vi]])");
  EXPECT_EQ(regions("for k in range(4):\n    A[vi, Q[k]] = 1.0\n"), "T.reads(Q[0:4]) T.writes(A[vi, 0:8])");
}

}  // namespace loopglass::script
