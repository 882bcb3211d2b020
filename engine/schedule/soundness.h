// Our own checks of a step's result, independent of TVM's rules: TVM accepts a few steps after which the results differ. What is found
// refuses the step; where the schedule is trusted it becomes a warning.
#pragma once

#include <optional>
#include <span>

#include "engine/schedule/tree.h"

namespace loopglass::schedule {

// The diagnostic of a step that TVM accepts although the results change: it refuses the step, or warns of it under trust.
Diagnostic unsound_step(DiagnosticKind kind, std::string message, std::vector<Label> labels = {}, std::optional<Witness> witness = std::nullopt);

// Refuses the step with what was found to be unsound; under trust it is one of its warnings. Nothing found: nothing happens.
Result<void> refuse_or_warn(const Context& context, std::optional<Diagnostic> found, std::vector<Diagnostic>& warnings);

// What is wrong with a block's new place:
// LostIterations: an output block computes a smaller part of an axis than it did;
// UncoveredRead: a block reads elements that the moved block wrote before and does not write now;
//   or it reads what it does not state from a block that it comes to share a loop with;
// RepeatedReduction: a reduction runs one of its steps several times between init and end;
// ChangedResults: it ran under a condition that its new place does not have.
std::optional<Diagnostic> unsound_move(const ir::Module& before, const ir::Module& after, const BlockRef& moved, const char* primitive);

// RepeatedReduction where a reduction would run one of its steps several times in the loops above it, were it started before them.
std::optional<Diagnostic> repeated_below(const Place& reduction, std::span<const Place> loops, const char* primitive);

// ReversedDependence where iterations of the loop that run at the same time would give another result: two blocks below it meet in an
// element, or a block stores at other places than its axes name.
std::optional<Diagnostic> dependent_iterations(const Place& loop, const char* primitive);

// The same for every parallel or vectorized loop around and in a changed part whose iterations did not depend on each other before the step.
std::optional<Diagnostic> newly_dependent_iterations(const ir::Module& before, const Place& changed, const char* primitive);

// NotOnCpu where a storage scope is memory that only a GPU has ("shared").
std::optional<Diagnostic> gpu_memory(const std::string& storage_scope, const char* primitive);

// UncoveredRead where a block that a step has made (a copy) has axes that leave their domains, or reads outside a buffer's shape, with no
// condition to guard it: it would touch elements that its buffers do not have.
std::optional<Diagnostic> outside_domain(const ir::Module& after, const BlockRef& made, const char* primitive);

}  // namespace loopglass::schedule
