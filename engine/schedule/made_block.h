// Our own check of a block that a step has made.
#pragma once

#include <optional>

#include "engine/schedule/tree.h"

namespace loopglass::schedule {

// UncoveredRead where a block that a step has made (a copy) has axes that leave their domains, or reads outside a buffer's shape, with no
// condition to guard it: it would touch elements that its buffers do not have.
std::optional<Diagnostic> outside_domain(const ir::Module& after, const BlockRef& made, const char* primitive);

}  // namespace loopglass::schedule
