// A schedule as the window would show it, without a window: what reports are made of.
#pragma once

#include "app/command_line/input.h"
#include "app/model/view.h"
#include "engine/locality/cache_model.h"

namespace loopglass::app {

struct ReportOptions {
  std::vector<locality::CacheLevel> levels;   // simulated; none: nothing is
  bool with_steps = true;                     // the misses of the versions before the last, too
  bool with_times = true;                     // of the first and the last version, taken in turns
  std::optional<ElementQuantity> values = {}; // of the last version (View::values)
  int threads = 2;                            // of ElementQuantity::Thread
};

// The history of a schedule, its last version's accesses and misses, what its last step changed, and the times of its ends. Where accesses
// cannot be counted, View::access_error says why. What would take longer than a minute to count or simulate is left out.
View view_of(const Program& program, const std::string& function, const ReportOptions& options);

}  // namespace loopglass::app
