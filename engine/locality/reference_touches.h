// How often each reference of a nest touches one element, and when.
#pragma once

#include <map>

#include "engine/locality/access.h"
#include "engine/locality/nest.h"
#include "engine/locality/touch_piece.h"

namespace loopglass::locality {

// By reference, those that do; the times are ordinals. `buffer`: into the layout's; `element`: row-major. Uses Options' max_runs and stop. Errors: Walker::walk's.
Result<std::map<int, Touches>> touches_by_reference(const Nest& nest, const Layout& layout, int buffer, int64_t element, const Options& options);

}  // namespace loopglass::locality
