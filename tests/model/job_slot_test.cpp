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
    slot.submit([&](std::stop_token stop) {
      started.count_down();
      while (!stop.stop_requested()) std::this_thread::yield();   // ends only because a newer job came
      last = 1;
    });
    started.wait();
    slot.submit([&](std::stop_token) { last = 2; });
    slot.submit([&](std::stop_token) { last = 3; });
    while (!slot.is_idle()) std::this_thread::yield();
  }
  EXPECT_EQ(last, 3);
}

TEST(JobSlot, IsWaitedForUntilItIsIdle) {
  std::atomic<bool> may_end = false;
  JobSlot slot{JobSlot::Priority::Soon};
  EXPECT_TRUE(slot.wait_until_idle({}));
  slot.submit([&](std::stop_token) {
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
  slot.submit([&](std::stop_token) {
    started.count_down();
    while (!may_end) std::this_thread::yield();
  });
  started.wait();
  slot.submit([&](std::stop_token) { ran = true; });
  slot.stop();
  may_end = true;
  EXPECT_TRUE(slot.wait_until_idle(std::chrono::seconds(20)));
  EXPECT_FALSE(ran);
}

TEST(JobSlot, GoesWhileAJobRuns) {
  std::latch started(1);
  JobSlot slot{JobSlot::Priority::Later};
  slot.submit([&](std::stop_token stop) {
    started.count_down();
    while (!stop.stop_requested()) std::this_thread::yield();
  });
  started.wait();
}

}  // namespace
}  // namespace loopglass::app
