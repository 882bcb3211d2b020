// Our own check of new buffers: whether what a step's copies read has been written.
#pragma once

#include <optional>

#include "engine/schedule/tree.h"

namespace loopglass::schedule {

// UncoveredRead where a block that a step has made reads an element of a buffer that it has made and that nothing has written by then.
// Nothing where that is not found by running through the buffer's scope (at most some 100000 accesses; unknown conditions end the search).
// `changed`: the part of the program after the step in which it differs from the one before.
std::optional<Diagnostic> unwritten_read(const ir::Module& before, const Place& changed, const char* primitive);

}  // namespace loopglass::schedule
