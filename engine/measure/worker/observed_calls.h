// Calls of a kernel that are watched, after those that are timed: by samples, by hardware counters.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/codegen/kernel.h"
#include "engine/measure/client.h"
#include "engine/measure/worker/hardware_counters.h"

namespace loopglass::measure {

// Calls the kernel once more; false where it failed, or is not wanted any longer.
using RepeatedCall = std::function<bool()>;

// Where the time goes, by samples of 60 ms. Of the calling thread: with T.parallel, of its share. Nothing where the system has no timer for it.
std::optional<Profile> profile_of(const codegen::Kernel& kernel, const RepeatedCall& call);
// What the CPU counts in one call, over as many as take 10 ms.
std::vector<std::pair<std::string, double>> counts_of(const HardwareCounters& counters, const RepeatedCall& call);

}  // namespace loopglass::measure
