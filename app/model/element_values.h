// What the memory page shows of each element beyond counts and misses: computed when it is asked for.
#pragma once

#include <optional>
#include <string_view>

#include "engine/locality/access.h"
#include "engine/locality/reuse_distance.h"

namespace loopglass::app {

// Reuse distances are those of the element's line, in lines; line use is the bytes of its line that are ever touched; threads are numbered from 0.
enum class ElementQuantity { ReuseMin, ReuseMedian, ReuseMax, LineUse, Thread };

// "reuse_min", "reuse_median", "reuse_max", "line_use", "thread": as `export --mode` names it.
const char* to_string(ElementQuantity quantity);
std::optional<ElementQuantity> element_quantity_named(std::string_view name);

struct ElementValues {
  ElementQuantity quantity = ElementQuantity::LineUse;
  int threads = 0;                                     // of Thread: among how many
  std::vector<locality::ElementCounts> by_buffer;      // as in Access::buffers, row-major; negative: there is none (never touched, or not again)
};

// `options`: row pitches, line, and the stop token. Errors: what measure_reuse and threads_of_elements give.
Result<ElementValues> element_values(const ir::Function& function, const locality::Access& access, ElementQuantity quantity, int threads, const locality::Options& options);

}  // namespace loopglass::app
