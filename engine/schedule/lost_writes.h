// Our own check of what a rewritten block writes, element by element.
#pragma once

#include <optional>

#include "engine/schedule/tree.h"

namespace loopglass::schedule {

// LostIterations where an element of the buffer that was written below a scope is written no longer, UncoveredRead where one is written that
// the buffer does not have. Looks at the first iterations around the scope, at most 30000 accesses; nothing where that does not tell.
// `scope`: the scope before the step; its path leads to it afterwards too.
std::optional<Diagnostic> lost_writes(const Place& scope, const ir::Module& after, const ir::Buffer& buffer, const char* primitive);

}  // namespace loopglass::schedule
