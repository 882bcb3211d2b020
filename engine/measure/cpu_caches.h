// The caches of this CPU, from what the system tells.
#pragma once

#include <filesystem>

#include "engine/measure/machine.h"

namespace loopglass::measure {

// Data and unified caches of one core, L1 first. `cpu`: its folder, /sys/devices/system/cpu/cpu0. Empty where there is nothing to read.
std::vector<Cache> caches_from_sysfs(const std::filesystem::path& cpu);
// By CPUID leaf 4 (Intel) or 0x8000001D (AMD); empty on other CPUs.
std::vector<Cache> caches_from_cpuid();

}  // namespace loopglass::measure
