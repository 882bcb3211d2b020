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
