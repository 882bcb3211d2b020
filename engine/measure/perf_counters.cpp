#include "engine/measure/perf_counters.h"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace loopglass::measure {
namespace {

constexpr uint64_t cache_misses(uint64_t level) {
  return level | (PERF_COUNT_HW_CACHE_OP_READ << 8) | (PERF_COUNT_HW_CACHE_RESULT_MISS << 16);
}

// What "cache-misses" is differs: Linux takes the event of the farthest cache on Intel's CPUs, of L2 on AMD's since Zen (arch/x86/events).
std::string_view cache_of_misses() {
#if defined(__x86_64__) || defined(__i386__)
  if (__builtin_cpu_is("amd")) return "L2";
  if (__builtin_cpu_is("intel")) return "LLC";
#endif
  return {};
}

}  // namespace

const std::vector<PerfCounter>& perf_counters() {
  static const std::vector<PerfCounter> counters = {{"cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, {}},
                                                    {"instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, {}},
                                                    {"L1-dcache-load-misses", PERF_TYPE_HW_CACHE, cache_misses(PERF_COUNT_HW_CACHE_L1D), "L1"},
                                                    {"LLC-load-misses", PERF_TYPE_HW_CACHE, cache_misses(PERF_COUNT_HW_CACHE_LL), "LLC"},
                                                    {"cache-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES, cache_of_misses()}};
  return counters;
}

std::string_view counted_cache(std::string_view counter) {
  const auto found = std::ranges::find(perf_counters(), counter, &PerfCounter::name);
  return found == perf_counters().end() ? std::string_view{} : found->cache;
}

FileDescriptor open_counter(const PerfCounter& counter) {
  perf_event_attr attributes{};
  attributes.size = sizeof attributes;
  attributes.type = counter.type;
  attributes.config = counter.config;
  attributes.disabled = 1;
  attributes.exclude_kernel = 1;
  attributes.exclude_hv = 1;
  attributes.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  return FileDescriptor(static_cast<int>(::syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC)));
}

std::string why_no_counter(int error) {
  switch (error) {
    case ENOENT: case ENODEV: case EOPNOTSUPP: return "this machine (or its virtual machine) offers no hardware counters";
    case EACCES: case EPERM: return "not allowed: /proc/sys/kernel/perf_event_paranoid is too high";
    case ENOSYS: return "this kernel has no perf_event";
    default: return std::strerror(error);
  }
}

double scaled(const CounterReading& reading) {
  if (reading.running == 0) return 0;
  return static_cast<double>(reading.value) * static_cast<double>(reading.enabled) / static_cast<double>(reading.running);
}

}  // namespace loopglass::measure
