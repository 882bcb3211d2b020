// Our own check of the buffers that a step makes: whether what is read of them has been written.
#pragma once

#include <optional>

#include "engine/schedule/changed_part.h"
#include "engine/support/diagnostic.h"

namespace loopglass::schedule {

// UncoveredRead where a block reads an element of a buffer that the step has made and that nothing has written by then.
// Nothing where that is not found by running through the buffer's scope (at most 30000 accesses; unknown conditions end the search).
std::optional<Diagnostic> unwritten_read(const ChangedPart& part, const char* primitive);

}  // namespace loopglass::schedule
