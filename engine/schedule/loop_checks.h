// Conditions on a single loop that several steps share.
#pragma once

#include <optional>
#include <vector>

#include "engine/schedule/tree.h"

namespace loopglass::schedule {

// Errors: HasAnnotationOrThreadBinding. `primitive`: for the message.
Result<void> check_plain_loop(const Place& loop, const char* primitive);
// Errors: LoopNotStartWithZero.
Result<void> check_starts_with_zero(const Place& loop, const char* primitive);

// For a loop that does not go in steps of 1, where the step is none of what TVM keeps: it would run other iterations (ChangedResults).
std::optional<Diagnostic> dropped_step(const Place& loop, const char* primitive);
// Positive factors, at most one None. Errors: NotSingleInferFactor, NonPositiveFactor.
Result<void> check_factor_list(const Place& loop, const std::vector<std::optional<int64_t>>& factors);
// The one block below the loop. Errors: NonSingleChildBlock, with `help` as what to do.
Result<Place> only_block_below(const Place& loop, const char* help);
// An axis of that type runs with the loop: its value has the loop's variable in it.
bool runs_axis(const ir::BlockRealize& realize, const ir::Var& loop_var, ir::IterType type);

}  // namespace loopglass::schedule
