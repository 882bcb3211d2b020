// Conditions on a single loop that several steps share.
#pragma once

#include "engine/schedule/tree.h"

namespace loopglass::schedule {

// Errors: HasAnnotationOrThreadBinding. `primitive`: for the message.
Result<void> check_plain_loop(const Place& loop, const char* primitive);
// Errors: LoopNotStartWithZero.
Result<void> check_starts_with_zero(const Place& loop, const char* primitive);

}  // namespace loopglass::schedule
