// Our own check of a block's new place, and of a reduction's loops.
#pragma once

#include <optional>
#include <span>

#include "engine/schedule/tree.h"

namespace loopglass::schedule {

// What is wrong with a block's new place:
// LostIterations: an output block computes a smaller part of an axis than it did;
// UncoveredRead: a block reads elements that the moved block wrote before and does not write now;
//   or it reads what it does not state from a block that it comes to share a loop with;
// RepeatedReduction: a reduction runs one of its steps several times between init and end;
// ChangedResults: it ran under a condition that its new place does not have.
std::optional<Diagnostic> unsound_move(const ir::Module& before, const ir::Module& after, const BlockRef& moved, const char* primitive);

// RepeatedReduction where a reduction would run one of its steps several times in the loops above it, were it started before them.
std::optional<Diagnostic> repeated_below(const Place& reduction, std::span<const Place> loops, const char* primitive);

}  // namespace loopglass::schedule
