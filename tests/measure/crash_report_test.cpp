// Each test crashes a child whose standard output is its standard error, where the report is looked for.
#include "engine/measure/worker/crash_report.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <thread>

#if defined(__SANITIZE_ADDRESS__)
#define LOOPGLASS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LOOPGLASS_SANITIZED 1
#endif
#endif

namespace loopglass::measure {
namespace {

void prepare() {
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  install_crash_report();
  note_running(7, "mm_relu", "ran");
}

// Each call writes to memory of its own, so that none of them can be left out.
int recurse(volatile char* above, int depth) {
  volatile char here[4096];
  if (depth < 0) return 0;   // never
  here[depth % 4096] = *above;
  return recurse(here, depth + 1) + here[0];
}

TEST(CrashReport, NamesTheRequestTheFunctionAndTheSignal) {
  const auto crash = [](int signal) {
    prepare();
    ::raise(signal);
  };
  EXPECT_EXIT(crash(SIGSEGV), testing::KilledBySignal(SIGSEGV), "\"id\":7,\"event\":\"error\",\"kind\":\"KernelCrash\",\"message\":\"mm_relu crashed while it ran: segmentation fault");
  EXPECT_EXIT(crash(SIGFPE), testing::KilledBySignal(SIGFPE), "arithmetic exception");
  EXPECT_EXIT(crash(SIGILL), testing::KilledBySignal(SIGILL), "illegal instruction");
  EXPECT_EXIT(crash(SIGABRT), testing::KilledBySignal(SIGABRT), "abort");
}

TEST(CrashReport, SaysNothingWhereNothingRuns) {
  EXPECT_EXIT({ prepare(); note_running(0, "", ""); ::raise(SIGSEGV); }, testing::KilledBySignal(SIGSEGV), "^$");
}

#ifndef LOOPGLASS_SANITIZED
TEST(CrashReport, AnOverflowOfTheStackIsReportedToo) {
  const auto overflow = [] {
    prepare();
    volatile char start = 1;
    recurse(&start, 0);
  };
  EXPECT_EXIT(overflow(), testing::KilledBySignal(SIGSEGV), "its stack overflowed");
}

TEST(CrashReport, InAnotherThreadToo) {
  const auto overflow = [] {
    prepare();
    std::thread([] {
      const AlternateStack stack;
      volatile char start = 1;
      recurse(&start, 0);
    }).join();
  };
  EXPECT_EXIT(overflow(), testing::KilledBySignal(SIGSEGV), "its stack overflowed");
}
#endif

}  // namespace
}  // namespace loopglass::measure
