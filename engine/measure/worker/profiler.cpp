#include "engine/measure/worker/profiler.h"

#include <csignal>
#include <ctime>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>

namespace loopglass::measure {
namespace {

constexpr size_t kMost = 1 << 16;        // samples
constexpr ptrdiff_t kStackWords = 512;   // looked at for the place of a call

// What the signal handler reads and writes: a handler may touch nothing else.
struct Shared {
  uintptr_t first = 0, last = 0;
  const uintptr_t* stack_end = nullptr;   // of what the profiler's owner has called
  std::array<uintptr_t, kMost> samples;
  std::atomic<size_t> count = 0;
};
Shared shared;

bool is_inside(uintptr_t address) { return address >= shared.first && address < shared.last; }

void take_sample(int, siginfo_t*, void* state) {
#if defined(__x86_64__)
  const auto& registers = static_cast<const ucontext_t*>(state)->uc_mcontext.gregs;
  auto address = static_cast<uintptr_t>(registers[REG_RIP]);
  const auto* stack = reinterpret_cast<const uintptr_t*>(registers[REG_RSP]);
#elif defined(__aarch64__)
  const auto& machine = static_cast<const ucontext_t*>(state)->uc_mcontext;
  auto address = static_cast<uintptr_t>(machine.pc);
  const auto* stack = reinterpret_cast<const uintptr_t*>(machine.sp);
  if (!is_inside(address) && is_inside(machine.regs[30])) address = machine.regs[30];
#endif
  const size_t at = shared.count.load(std::memory_order_relaxed);
  if (at == kMost) return;
  if (!is_inside(address)) {
    const auto* end = std::min(stack + kStackWords, std::max(stack, shared.stack_end));
    const auto* call = std::find_if(stack, end, is_inside);
    address = call == end ? 0 : *call - 1;   // the call, not what follows it
  }
  shared.samples[at] = address;
  shared.count.store(at + 1, std::memory_order_relaxed);
}

}  // namespace

Profiler::Profiler(std::pair<uintptr_t, uintptr_t> code, std::chrono::microseconds every) {
  shared.first = code.first;
  shared.last = code.second;
  shared.stack_end = static_cast<const uintptr_t*>(__builtin_frame_address(0));
  shared.count = 0;
  struct sigaction action {};
  action.sa_sigaction = take_sample;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigaction(SIGPROF, &action, nullptr);
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = SIGPROF;
  event._sigev_un._tid = static_cast<pid_t>(::syscall(SYS_gettid));
  timer_t timer{};
  if (::timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) return;
  timer_ = timer;
  const long nanoseconds = std::chrono::nanoseconds(every).count();
  const itimerspec period{{0, nanoseconds}, {0, nanoseconds}};
  running_ = ::timer_settime(timer, 0, &period, nullptr) == 0;
}

Profiler::~Profiler() {
  if (timer_) ::timer_delete(static_cast<timer_t>(timer_));
  signal(SIGPROF, SIG_IGN);   // one that is still on its way
}

std::vector<uintptr_t> Profiler::samples() const { return {shared.samples.begin(), shared.samples.begin() + shared.count.load()}; }

}  // namespace loopglass::measure
