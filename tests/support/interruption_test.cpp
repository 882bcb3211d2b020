#include "engine/support/interruption.h"

#include <gtest/gtest.h>

namespace loopglass {
namespace {

using namespace std::chrono_literals;

const Quiet::Clock::time_point kStart = Quiet::Clock::now();

TEST(Quiet, EndsWhenItsTimeIsOver) {
  Quiet quiet;
  EXPECT_FALSE(quiet.end(kStart));
  quiet.keep(30ms, kStart);
  EXPECT_EQ(quiet.end(kStart + 29ms), kStart + 30ms);
  EXPECT_FALSE(quiet.end(kStart + 30ms));
  quiet.keep(30ms, kStart + 40ms);
  EXPECT_EQ(quiet.end(kStart + 50ms), kStart + 70ms);
}

TEST(Quiet, LeavesATurnToTheRestWhereAHandMovesOn) {
  Quiet quiet;
  std::chrono::milliseconds kept{0};
  for (auto time = 0ms; time < 3000ms; time += 1ms) {
    if (time % 16ms == 0ms) quiet.keep(30ms, kStart + time);
    kept += quiet.end(kStart + time) ? 1ms : 0ms;
  }
  EXPECT_EQ(kept, 5 * Quiet::kLongest);   // in 3 s: five times half a second, and a turn after each
}

TEST(Quiet, IsNotCutShortByALaterGesture) {
  Quiet quiet;
  quiet.keep(100ms, kStart);
  quiet.keep(30ms, kStart + 10ms);
  EXPECT_EQ(quiet.end(kStart + 20ms), kStart + 100ms);
}

TEST(Interruption, AnswersOnceItIsNoLongerQuiet) {
  Quiet quiet;
  const Interruption stop(std::stop_token{}, &quiet);
  quiet.keep(20ms);
  const auto end = quiet.end();
  EXPECT_FALSE(stop.stop_requested());
  EXPECT_GE(Quiet::Clock::now(), end.value_or(kStart));
}

}  // namespace
}  // namespace loopglass
