#include "engine/measure/perf_counters.h"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace loopglass::measure {
namespace {

constexpr uint64_t cache_misses(uint64_t level) {
  return level | (PERF_COUNT_HW_CACHE_OP_READ << 8) | (PERF_COUNT_HW_CACHE_RESULT_MISS << 16);
}

}  // namespace

const std::vector<PerfCounter>& perf_counters() {
  static const std::vector<PerfCounter> counters = {{"cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
                                                    {"instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
                                                    {"cache-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES},
                                                    {"L1-dcache-load-misses", PERF_TYPE_HW_CACHE, cache_misses(PERF_COUNT_HW_CACHE_L1D)},
                                                    {"LLC-load-misses", PERF_TYPE_HW_CACHE, cache_misses(PERF_COUNT_HW_CACHE_LL)}};
  return counters;
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
