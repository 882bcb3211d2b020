// What tells that something else slowed the CPU down: a kernel that always takes as long, the thread's own time, the hypervisor's.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/support/file_descriptor.h"

namespace loopglass::measure {

// Some microseconds of multiplications, each waiting for the one before: neither memory nor the width of the CPU counts, its clock does.
void run_reference_kernel();

// Seconds that the calling thread has spent on a CPU.
double thread_cpu_seconds();

// The ticks that the hypervisor took from a CPU, of the text of /proc/stat; nothing where it does not say.
std::optional<int64_t> stolen_ticks(std::string_view stat, int cpu);

// To be made before the process confines itself.
class StolenTime {
 public:
  StolenTime();
  // Seconds taken from the CPU that the calling thread is on, since the system started (in ticks of 10 ms); 0 where the system does not say.
  double seconds() const;

 private:
  FileDescriptor stat_;
  double tick_s_;
};

}  // namespace loopglass::measure
