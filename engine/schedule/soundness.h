// Our own checks of a step's result, independent of TVM's rules: TVM accepts a few steps after which the results differ. What is found
// refuses the step; where the schedule is trusted it becomes a warning.
#pragma once

#include <optional>

#include "engine/schedule/tree.h"

namespace loopglass::schedule {

// The diagnostic of a step that TVM accepts although the results change: it refuses the step, or warns of it under trust.
Diagnostic unsound_step(DiagnosticKind kind, std::string message, std::vector<Label> labels = {}, std::optional<Witness> witness = std::nullopt);

// Refuses the step with what was found to be unsound; under trust it is one of its warnings. Nothing found: nothing happens.
Result<void> refuse_or_warn(const Context& context, std::optional<Diagnostic> found, std::vector<Diagnostic>& warnings);

// ReversedDependence where iterations of the loop that run at the same time would give another result: two blocks below it meet in an
// element, or a block stores at other places than its axes name.
std::optional<Diagnostic> dependent_iterations(const Place& loop, const char* primitive);

// The same for every parallel or vectorized loop around and in a changed part whose iterations did not depend on each other before the step.
std::optional<Diagnostic> newly_dependent_iterations(const ir::Module& before, const Place& changed, const char* primitive);

// NotOnCpu where a storage scope is memory that only a GPU has ("shared").
std::optional<Diagnostic> gpu_memory(const std::string& storage_scope, const char* primitive);

}  // namespace loopglass::schedule
