// Two versions of a product side by side.
#include "engine/locality/changes.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/script/parser.h"

namespace loopglass::locality {
namespace {

// 64^3: B alone is half of a cache of 32 KiB, a row of A and one of C are 256 bytes each.
ir::Function product(const std::string& loops, const std::string& reference_indent) {
  const std::string text = "@T.prim_func(s_tir=True)\ndef main(A: T.Buffer((64, 64), \"float32\"), B: T.Buffer((64, 64), \"float32\"), C: T.Buffer((64, 64), \"float32\")):\n" +
                           loops + reference_indent + "C[i, j] = C[i, j] + A[i, k] * B[k, j]\n";
  return (*script::parse_module(text))->functions.front().function;
}

struct Measured {
  ir::Function function;
  Access access;
  CacheResult caches;
  Version version() const { return {function, &access, &caches}; }
};

Measured measure(const ir::Function& function, const std::vector<CacheLevel>& levels) {
  return {function, count_accesses(function).value(), simulate_caches(function, {.levels = levels}).value()};
}

TEST(Changes, AnOrderThatKeepsMoreIsToldByItsLoops) {
  const std::vector<CacheLevel> levels{{"L1", 2048, 4}, {"L2", 65536, 8}};
  const Measured jki = measure(product("    for j, k, i in T.grid(64, 64, 64):\n", "        "), levels);
  const Measured ikj = measure(product("    for i, k, j in T.grid(64, 64, 64):\n", "        "), levels);
  const auto changes = compare_misses(jki.version(), ikj.version(), levels).value();
  ASSERT_FALSE(changes.empty());
  EXPECT_EQ(changes[0].level, "L1");
  EXPECT_GT(changes[0].before, changes[0].after);
  for (const MissChange& change : changes) {
    const size_t level = change.level == "L2", buffer = static_cast<size_t>(change.buffer[0] - 'A');
    EXPECT_EQ(change.before, jki.caches.levels[level].by_buffer[buffer]);
    EXPECT_EQ(change.after, ikj.caches.levels[level].by_buffer[buffer]);
    EXPECT_NE(change.before, change.after);
  }
  // i/k/j: one iteration of k touches 4 + 256 + 256 bytes, one of i 256 + 16384 + 256.
  const auto c = std::ranges::find_if(changes, [](const MissChange& change) { return change.buffer == "C" && change.level == "L1"; });
  ASSERT_NE(c, changes.end());
  ASSERT_TRUE(c->hold_before && c->hold_after);
  EXPECT_EQ(c->hold_after->reference, "C[i, j]");
  EXPECT_EQ(c->hold_after->stays_within, "i/k");
  EXPECT_EQ(c->hold_after->leaves_in, "i");
  EXPECT_EQ(c->hold_after->bytes, 516);
  EXPECT_EQ(c->hold_before->stays_within, "j/k");
}

TEST(Changes, ATileThatFitsIsWhatTheChangeIsDueTo) {
  const std::vector<CacheLevel> levels{{"L1", 8192, 128}};
  const Measured whole = measure(product("    for i, j, k in T.grid(64, 64, 64):\n", "        "), levels);
  const std::string loops =
      "    for j_0, i, j_1, k in T.grid(8, 64, 8, 64):\n        with T.sblock(\"C\"):\n            vi, vk = T.axis.remap(\"SS\", [i, k])\n            vj = T.axis.spatial(64, j_0 * 8 + j_1)\n";
  const std::string text = "@T.prim_func(s_tir=True)\ndef main(A: T.Buffer((64, 64), \"float32\"), B: T.Buffer((64, 64), \"float32\"), C: T.Buffer((64, 64), \"float32\")):\n" +
                           loops + "            C[vi, vj] = C[vi, vj] + A[vi, vk] * B[vk, vj]\n";
  const Measured tiled = measure((*script::parse_module(text))->functions.front().function, levels);
  const auto changes = compare_misses(whole.version(), tiled.version(), levels).value();
  const auto b = std::ranges::find_if(changes, [](const MissChange& change) { return change.buffer == "B"; });
  ASSERT_NE(b, changes.end());
  EXPECT_LT(b->after, b->before);
  EXPECT_EQ(b->hold_before->stays_within, "i/j");   // a row of A, a column of B: 516 bytes
  EXPECT_EQ(b->hold_after->stays_within, "j_0/i");  // eight columns of B: 2336 bytes
  EXPECT_TRUE(b->is_due_to_loops);
  EXPECT_TRUE(compare_misses(whole.version(), whole.version(), levels).value().empty());
}

}  // namespace
}  // namespace loopglass::locality
