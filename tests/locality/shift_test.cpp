// Lines that move with their buffers.
#include "engine/locality/shift.h"

#include <gtest/gtest.h>

#include <random>

namespace loopglass::locality {
namespace {

constexpr uint32_t kNone = UINT32_MAX;

// Three buffers of some lines, one of which may stay where it is.
struct Moves {
  explicit Moves(std::mt19937_64& random) {
    const auto below = [&](int64_t count) { return static_cast<int64_t>(random() % static_cast<uint64_t>(count)); };
    for (int buffer = 0; buffer < 3; ++buffer) {
      lines.starts.push_back(lines.count);
      lines.count += below(90) + 1;
      shift.lines.push_back(below(41) - 20);
    }
    lines.starts.push_back(lines.count);
    for (int64_t n = below(400); n > 0; --n) from.push_back(below(9) == 0 ? kNone : static_cast<uint32_t>(below(lines.count)));
  }
  // Where a line goes; kNone where it would leave its buffer.
  uint32_t target(uint32_t line) const {
    size_t buffer = 0;
    while (line >= lines.starts[buffer + 1]) ++buffer;
    const int64_t there = line + shift.lines[buffer];
    return there < lines.starts[buffer] || there >= lines.starts[buffer + 1] ? kNone : static_cast<uint32_t>(there);
  }

  LineRange lines;
  Shift shift{1, {}};
  std::vector<uint32_t> from;
};

TEST(LineMoves, MoveEachLineWithItsBuffer) {
  std::mt19937_64 random(1);
  for (int n = 0; n < 300; ++n) {
    const Moves moves(random);
    std::vector<uint32_t> to(moves.from.size());
    LineMoves(moves.lines, moves.shift).move(moves.from, to);
    for (size_t i = 0; i < to.size(); ++i)
      if (const uint32_t target = moves.from[i] == kNone ? kNone : moves.target(moves.from[i]); target != kNone || moves.from[i] == kNone) {
        EXPECT_EQ(to[i], target);
      }
  }
}

TEST(LineMoves, LeadWhereEveryLineMovesInsideItsBuffer) {
  std::mt19937_64 random(2);
  int inside = 0;
  for (int n = 0; n < 300; ++n) {
    Moves moves(random);
    const LineMoves together(moves.lines, moves.shift);
    // All lines, those that leave their buffer too.
    std::vector<uint32_t> to(moves.from.size());
    together.move(moves.from, to);
    const bool leave = std::ranges::any_of(moves.from, [&](uint32_t line) { return line != kNone && moves.target(line) == kNone; });
    EXPECT_EQ(together.lead(moves.from, to), !leave);
    // The others alone; then one that is not where it should be.
    std::erase_if(moves.from, [&](uint32_t line) { return line != kNone && moves.target(line) == kNone; });
    to.resize(moves.from.size());
    together.move(moves.from, to);
    EXPECT_TRUE(together.lead(moves.from, to));
    if (to.empty()) continue;
    ++inside;
    uint32_t& wrong = to[random() % to.size()];
    wrong = wrong == 0 ? kNone : 0;
    EXPECT_FALSE(together.lead(moves.from, to));
  }
  EXPECT_GT(inside, 200);
}

}  // namespace
}  // namespace loopglass::locality
