// What this machine can do at most, measured once and kept.
#pragma once

#include "engine/measure/peaks.h"

namespace loopglass::app {

// Those in peaks.json of the cache directory, where they were measured on this CPU; else measured now (0.1 s) and kept.
measure::Peaks known_peaks(const measure::Machine& machine);
// Measured now, whatever is kept, and kept.
measure::Peaks measure_and_keep_peaks(const measure::Machine& machine);

}  // namespace loopglass::app
