#include "engine/measure/worker/background.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <stdexcept>

#include "engine/measure/worker/thread_pool.h"

namespace loopglass::measure {
namespace {

bool never() { return false; }
bool at_once() { return true; }

TEST(Background, WorkIsDoneWhenTheWaitEnds) {
  Background background;
  EXPECT_TRUE(background.is_idle());
  int done = 0;
  for (int n = 1; n <= 3; ++n) {
    background.start([&] { ++done; });
    EXPECT_TRUE(background.wait(never));
    EXPECT_EQ(done, n);
    EXPECT_TRUE(background.is_idle());
  }
}

TEST(Background, WhoIsCalledAwayLeavesItRunningAside) {
  std::promise<void> begun, go;
  std::atomic<int> niceness = -1, cpus = 0;
  Background background;
  background.start([&] {
    begun.set_value();
    go.get_future().wait();
    niceness = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)));
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) cpus = CPU_COUNT(&set);
  });
  begun.get_future().wait();
  EXPECT_FALSE(background.wait(at_once));
  EXPECT_FALSE(background.is_idle());
  go.set_value();
  while (!background.is_idle()) std::this_thread::yield();   // not wait(), which calls it back
  EXPECT_GE(niceness, 15);
  keep_off_last_cpu();   // as the work was made to
  cpu_set_t set;
  ASSERT_EQ(sched_getaffinity(0, sizeof set, &set), 0);
  EXPECT_EQ(cpus, CPU_COUNT(&set));

  background.start([&] { niceness = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid))); });
  EXPECT_TRUE(background.wait(never));
  EXPECT_LT(niceness, 15) << "the next is not aside";
}

TEST(Background, WhatIsThrownComesToWhoWaited) {
  Background background;
  background.start([] { throw std::runtime_error("no"); });
  EXPECT_TRUE(background.wait(never));
  EXPECT_THROW(background.rethrow(), std::runtime_error);
  background.start([] {});
  EXPECT_TRUE(background.wait(never));
  EXPECT_NO_THROW(background.rethrow());
}

}  // namespace
}  // namespace loopglass::measure
