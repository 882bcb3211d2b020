// Whether a statement writes every element of a buffer before it reads it.
#pragma once

#include "engine/lower/accesses.h"

namespace loopglass::lower {

// `accesses`: all of one buffer, in program order, all below the statement that stands at `depth` of their scopes. True only where each load is
// seen to come after a store of the same element in the same execution of that statement.
bool is_written_first(const std::vector<Access>& accesses, size_t depth);

}  // namespace loopglass::lower
