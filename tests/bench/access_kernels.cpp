#include "tests/bench/access_kernels.h"

#include <fmt/format.h>

#include "engine/script/parser.h"

namespace loopglass::bench {

namespace {

ir::Function parse(const std::string& text) { return (*script::parse_module(text))->functions.front().function; }

// C = A B, n^3; the loops in the order of `loops`, "ijk" or, with tiles, "IJKijk": the capital one counts tiles.
ir::Function matmul(int64_t n, const std::string& loops, int64_t tile = 1) {
  std::string text = fmt::format(
      "@T.prim_func(s_tir=True)\ndef main(A: T.Buffer(({0}, {0}), \"float32\"), B: T.Buffer(({0}, {0}), \"float32\"), C: T.Buffer(({0}, {0}), \"float32\")):\n", n);
  std::string indent = "    ";
  for (char loop : loops) {
    const bool is_tile = loop < 'a', is_split = tile > 1;
    text += fmt::format("{}for {} in range({}):\n", indent, is_tile ? fmt::format("{}_0", static_cast<char>(loop + 32)) : std::string(1, loop),
                        is_tile ? n / tile : is_split ? tile : n);
    indent += "    ";
  }
  const auto value = [&](char loop) { return tile > 1 ? fmt::format("{0}_0 * {1} + {0}", loop, tile) : std::string(1, loop); };
  text += fmt::format(
      "{0}with T.sblock(\"C\"):\n{0}    vi = T.axis.spatial({1}, {2})\n{0}    vj = T.axis.spatial({1}, {3})\n{0}    vk = T.axis.reduce({1}, {4})\n"
      "{0}    with T.init():\n{0}        C[vi, vj] = T.float32(0)\n{0}    C[vi, vj] = C[vi, vj] + A[vi, vk] * B[vk, vj]\n",
      indent, n, value('i'), value('j'), value('k'));
  return parse(text);
}

// 64 x 56 x 56 outputs of 64 channels, 3 x 3.
ir::Function conv2d() {
  return parse(
      "@T.prim_func(s_tir=True)\ndef main(X: T.Buffer((64, 58, 58), \"float32\"), W: T.Buffer((64, 64, 3, 3), \"float32\"), Y: T.Buffer((64, 56, 56), \"float32\")):\n"
      "    for o, y, x, c, r, s in T.grid(64, 56, 56, 64, 3, 3):\n"
      "        with T.sblock(\"Y\"):\n"
      "            vo, vy, vx, vc, vr, vs = T.axis.remap(\"SSSRRR\", [o, y, x, c, r, s])\n"
      "            with T.init():\n                Y[vo, vy, vx] = T.float32(0)\n"
      "            Y[vo, vy, vx] = Y[vo, vy, vx] + X[vc, vy + vr, vx + vs] * W[vo, vc, vr, vs]\n");
}

}  // namespace

std::vector<AccessKernel> access_kernels() {
  const std::map<std::string, int64_t> padded{{"A", 4160}, {"B", 4160}, {"C", 4160}};
  std::vector<AccessKernel> all;
  all.push_back({"ijk_128", matmul(128, "ijk"), {}, 1, 10, 10});
  for (const char* loops : {"ikj", "ijk", "kij"}) all.push_back({fmt::format("{}_1024", loops), matmul(1024, loops), {}, 10, 100, 50});
  for (const char* loops : {"IJKikj", "IJKijk"})
    for (int64_t tile : {32, 64}) {
      const std::string name = fmt::format("tile{}_{}_1024", tile, loops + 3);
      all.push_back({name, matmul(1024, loops, tile), {}, 10, 150, 300});
      all.push_back({name + "_padded", matmul(1024, loops, tile), padded, 10, 150, 300});
    }
  for (const char* loops : {"ikj", "ijk", "kij"}) all.push_back({fmt::format("{}_1024_padded", loops), matmul(1024, loops), padded, 10, 2000, 2000});
  for (const char* loops : {"jki", "kji", "jik"}) all.push_back({fmt::format("{}_1024", loops), matmul(1024, loops), {}, 10, 2000, 2000});
  for (const char* loops : {"ikj", "ijk"}) all.push_back({fmt::format("{}_1000", loops), matmul(1000, loops), {}, 10, 2000, 2000});
  all.push_back({"conv2d", conv2d(), {}, 10, 200, 300});
  return all;
}

}  // namespace loopglass::bench
