// Hardware counters by perf_event.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/support/file_descriptor.h"

namespace loopglass::measure {

struct PerfCounter {
  const char* name;     // "cycles"
  uint32_t type;        // PERF_TYPE_...
  uint64_t config;
  std::string_view cache;   // of whose misses it is: "L1", "L2", "LLC" (the farthest); empty: of none, or this CPU has its own idea
};
const std::vector<PerfCounter>& perf_counters();
// PerfCounter::cache of the counter of that name; empty where there is none.
std::string_view counted_cache(std::string_view counter);

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
