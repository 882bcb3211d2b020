// Distances by line, counted and moved along, against plain lists.
#include "engine/locality/line_distances.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "tests/locality/naive_cache.h"

namespace loopglass::locality {
namespace {

using Lists = std::map<uint32_t, std::vector<int64_t>>;   // by line

void expect_equal(const LineDistances& got, const Lists& want, int64_t lines, uint32_t seed) {
  StackDistance stack(lines);
  for (uint32_t line = 0; line < lines; line += 2) stack.touch_silently(line);
  const LineReuse reuse = got.reuse(stack);
  for (uint32_t line = 0; line < lines; ++line) {
    const std::string where = "seed " + std::to_string(seed) + ", line " + std::to_string(line);
    const auto it = want.find(line);
    const int64_t none = line % 2 == 0 ? kNotTouchedAgain : kNeverTouched;
    EXPECT_EQ(reuse.min[line], it == want.end() ? none : *std::min_element(it->second.begin(), it->second.end())) << where;
    EXPECT_EQ(reuse.median[line], it == want.end() ? none : naive::near_median(it->second)) << where;
    EXPECT_EQ(reuse.max[line], it == want.end() ? none : *std::max_element(it->second.begin(), it->second.end())) << where;
  }
}

// Two buffers, of which the second moves.
TEST(LineDistances, MovesAreThoseOfLists) {
  for (uint32_t seed = 1; seed <= 3000 && !::testing::Test::HasFailure(); ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&](int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random); };
    const int64_t times = pick(1, 20), step = pick(-3, 3), way = std::abs(step) * times, size = way + pick(1, 80);
    const LineRange lines{0, 2 * size, true, {0, size, 2 * size}};
    LineDistances block(2 * size), all(2 * size);
    Lists lists;
    const auto touch = [&](LineDistances& counts, int64_t line, int64_t distance, int64_t n) {
      counts.add(static_cast<uint32_t>(line), {n, static_cast<int32_t>(distance), static_cast<int32_t>(distance)});
    };
    const auto list = [&](int64_t line, int64_t distance, int64_t n) { lists[static_cast<uint32_t>(line)].insert(lists[static_cast<uint32_t>(line)].end(), static_cast<size_t>(n), distance); };
    for (int64_t left = pick(1, 200); left > 0; --left) {
      const bool is_before = pick(1, 4) == 1, is_still = pick(1, 4) == 1;
      const int64_t line = is_still ? pick(0, size - 1) : step < 0 ? pick(size + way, 2 * size - 1) : pick(size, 2 * size - 1 - way);
      const int64_t distance = pick(1, 2) == 1 ? pick(0, 3) : pick(0, 300), n = pick(1, 5);
      touch(is_before ? all : block, line, distance, n);
      list(line, distance, n);
      for (int64_t t = 1; t <= times && !is_before; ++t) list(line + (is_still ? 0 : t * step), distance, n);
    }
    all.add(block);
    all.add_moved(block, lines, {1, {0, step}}, times);
    expect_equal(all, lists, 2 * size, seed);
    all.clear();
    expect_equal(all, {}, 2 * size, seed);
  }
}

}  // namespace
}  // namespace loopglass::locality
