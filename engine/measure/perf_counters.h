// Hardware counters by perf_event.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/support/file_descriptor.h"

namespace loopglass::measure {

struct PerfCounter {
  const char* name;     // "cycles"
  uint32_t type;        // PERF_TYPE_...
  uint64_t config;
};
const std::vector<PerfCounter>& perf_counters();

// For the calling thread, counting user code, stopped; nothing where it does not open: `errno` says why.
FileDescriptor open_counter(const PerfCounter& counter);
// In words, for the errno of a counter that did not open.
std::string why_no_counter(int error);

// What a counter read: it counted for `running` of `enabled` ns, where there are fewer in the CPU than are asked for. The value for all of the time;
// 0 where it never ran.
struct CounterReading {
  uint64_t value = 0, enabled = 0, running = 0;
};
double scaled(const CounterReading& reading);

}  // namespace loopglass::measure
