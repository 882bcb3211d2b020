#include "app/model/job_slot.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace loopglass::app {
namespace {

TEST(JobSlot, TheNewestJobWins) {
  std::atomic<int> last = 0;
  std::latch started(1);
  {
    JobSlot slot{JobSlot::Priority::Soon};
    slot.submit([&](const Interruption& stop) {
      started.count_down();
      while (!stop.stop_requested()) std::this_thread::yield();   // ends only because a newer job came
      last = 1;
    });
    started.wait();
    slot.submit([&](const Interruption&) { last = 2; });
    slot.submit([&](const Interruption&) { last = 3; });
    while (!slot.is_idle()) std::this_thread::yield();
  }
  EXPECT_EQ(last, 3);
}

TEST(JobSlot, IsWaitedForUntilItIsIdle) {
  std::atomic<bool> may_end = false;
  JobSlot slot{JobSlot::Priority::Soon};
  EXPECT_TRUE(slot.wait_until_idle({}));
  slot.submit([&](const Interruption&) {
    while (!may_end) std::this_thread::yield();
  });
  EXPECT_FALSE(slot.wait_until_idle(std::chrono::milliseconds(1)));
  may_end = true;
  EXPECT_TRUE(slot.wait_until_idle(std::chrono::seconds(20)));
}

TEST(JobSlot, WhatWaitsIsDroppedWhereItIsStopped) {
  std::latch started(1);
  std::atomic<bool> may_end = false, ran = false;
  JobSlot slot{JobSlot::Priority::Soon};
  slot.submit([&](const Interruption&) {
    started.count_down();
    while (!may_end) std::this_thread::yield();
  });
  started.wait();
  slot.submit([&](const Interruption&) { ran = true; });
  slot.stop();
  may_end = true;
  EXPECT_TRUE(slot.wait_until_idle(std::chrono::seconds(20)));
  EXPECT_FALSE(ran);
}

TEST(JobSlot, GoesWhileAJobRuns) {
  std::latch started(1);
  JobSlot slot{JobSlot::Priority::Later};
  slot.submit([&](const Interruption& stop) {
    started.count_down();
    while (!stop.stop_requested()) std::this_thread::yield();
  });
  started.wait();
}

TEST(JobSlot, StartsWhenItIsNoLongerQuiet) {
  Quiet quiet;
  quiet.keep(std::chrono::milliseconds(20));
  const auto end = quiet.end();
  Quiet::Clock::time_point began{};
  JobSlot slot{JobSlot::Priority::Later, &quiet};
  slot.submit([&](const Interruption&) { began = Quiet::Clock::now(); });
  EXPECT_TRUE(slot.wait_until_idle(std::chrono::seconds(20)));
  EXPECT_GE(began, end.value_or(began));
}

TEST(JobSlot, IsStoppedWhileItRests) {
  Quiet quiet;
  std::latch started(1);
  std::atomic<bool> ended = false;
  JobSlot slot{JobSlot::Priority::Later, &quiet};
  slot.submit([&](const Interruption& stop) {
    started.count_down();
    while (!stop.stop_requested()) std::this_thread::yield();
    ended = true;
  });
  started.wait();
  quiet.keep(std::chrono::hours(1));
  slot.stop();
  EXPECT_TRUE(slot.wait_until_idle(std::chrono::seconds(20)));
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace loopglass::app
