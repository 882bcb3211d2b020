#include "engine/measure/worker/disturbance.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include <charconv>
#include <string>

namespace loopglass::measure {

void run_reference_kernel() {
  constexpr int kSteps = 4000;
  uint64_t x = 1;
  for (int i = 0; i < kSteps; ++i) {
    x = x * 6364136223846793005u + 1442695040888963407u;
    asm volatile("" : "+r"(x));   // each step is taken
  }
}

double thread_cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

std::optional<int64_t> stolen_ticks(std::string_view stat, int cpu) {
  constexpr int kField = 8;   // user nice system idle iowait irq softirq steal
  const std::string name = fmt::format("cpu{} ", cpu);
  size_t at = stat.starts_with(name) ? 0 : stat.find("\n" + name);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view line = stat.substr(stat[at] == '\n' ? at + 1 : at);
  line = line.substr(0, line.find('\n'));
  for (int field = 0; field < kField; ++field) {
    const size_t space = line.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    line.remove_prefix(space + 1);
  }
  int64_t ticks = 0;
  return std::from_chars(line.data(), line.data() + line.size(), ticks).ec == std::errc() ? std::optional(ticks) : std::nullopt;
}

StolenTime::StolenTime() : stat_(::open("/proc/stat", O_RDONLY | O_CLOEXEC)), tick_s_(1.0 / static_cast<double>(::sysconf(_SC_CLK_TCK))) {}

double StolenTime::seconds() const {
  char text[1 << 16];
  const ssize_t got = ::pread(stat_.get(), text, sizeof text, 0);
  const auto ticks = got > 0 ? stolen_ticks({text, static_cast<size_t>(got)}, ::sched_getcpu()) : std::nullopt;
  return static_cast<double>(ticks.value_or(0)) * tick_s_;
}

}  // namespace loopglass::measure
