// Each test confines a child of this process, which then tries what a broken kernel might do. 0: as it should be.
#include "engine/measure/worker/confinement.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>

namespace loopglass::measure {
namespace {

using testing::ExitedWithCode;

bool has(const Confinement& confinement, const char* name) {
  return std::find(confinement.obtained.begin(), confinement.obtained.end(), name) != confinement.obtained.end();
}

// Runs in a child of its own: 0 where `attempt` gives true, 77 where this system (or a sanitizer) does not confine.
template <class F>
[[noreturn]] void confined(F attempt) {
  const Confinement confinement = confine();
  if (!has(confinement, "seccomp")) _exit(77);
  _exit(attempt() ? 0 : 1);
}
bool zero_or_unsupported(int status) { return WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 77); }

TEST(Confinement, NoFileIsOpened) {
  EXPECT_EXIT(confined([] { return ::open("/etc/passwd", O_RDONLY) < 0 && errno == EPERM; }), zero_or_unsupported, "");
  EXPECT_EXIT(confined([] { return ::open("/tmp/loopglass_forbidden", O_WRONLY | O_CREAT, 0600) < 0; }), zero_or_unsupported, "");
  EXPECT_EXIT(confined([] { return ::unlink("/tmp/anything") < 0 && errno == EPERM; }), zero_or_unsupported, "");
}

TEST(Confinement, NoNetworkAndNoOtherProcess) {
  EXPECT_EXIT(confined([] { return ::socket(AF_INET, SOCK_STREAM, 0) < 0 && errno == EPERM; }), zero_or_unsupported, "");
  EXPECT_EXIT(confined([] { return ::fork() < 0; }), zero_or_unsupported, "");
  EXPECT_EXIT(confined([] { return ::execl("/bin/true", "true", nullptr) < 0 && errno == EPERM; }), zero_or_unsupported, "");
  EXPECT_EXIT(confined([] { return ::kill(::getppid(), 0) < 0 && errno == EPERM; }), zero_or_unsupported, "");
}

TEST(Confinement, WhatKernelsNeedGoesOn) {
  EXPECT_EXIT(confined([] {
                bool ran = false;
                std::thread([&] { ran = true; }).join();
                return ran;
              }),
              zero_or_unsupported, "");
  EXPECT_EXIT(confined([] {
                void* code = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                return code != MAP_FAILED && ::mprotect(code, 4096, PROT_READ | PROT_EXEC) == 0;
              }),
              zero_or_unsupported, "");
  EXPECT_EXIT(confined([] { return ::write(STDERR_FILENO, "", 0) == 0; }), zero_or_unsupported, "");
}

TEST(Confinement, MemoryHasALimit) {
  EXPECT_EXIT(
      {
        const Confinement confinement = confine();
        if (confinement.obtained.empty()) _exit(77);
        void* memory = ::mmap(nullptr, static_cast<size_t>(confinement.memory_bytes) + (1 << 20), PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        rlimit core{};
        ::getrlimit(RLIMIT_CORE, &core);
        _exit(memory == MAP_FAILED && core.rlim_cur == 0 ? 0 : 1);
      },
      zero_or_unsupported, "");
}

}  // namespace
}  // namespace loopglass::measure
