// Editing the steps of a branch: switched off, moved, deleted, changed, one put in between. Nothing is lost: the edited steps are a new
// branch, which shares what comes before the edit; a step that no longer applies stands in it with its reason.
#pragma once

#include "app/model/command.h"
#include "app/model/history.h"

namespace loopglass::app {

// The cursor stands where it stood, as far as that step is still there. Errors: BadArgument where the version has no step, or the move
// leads out of the branch.
Result<History> with_step_switched(const History& history, int version, bool on);
Result<History> with_step_deleted(const History& history, int version);
// `by`: places up (< 0) or down.
Result<History> with_step_moved(const History& history, int version, int by);
// Values for parameters by their index; the nodes that the step works on stay.
Result<History> with_step_changed(const History& history, int version, const std::map<size_t, schedule::Value>& values);
// Puts a step into the branch that leads to the cursor, right before the last use of `primitive`. Also errors where the step, or one
// behind it, does not apply there.
Result<History> with_step_inserted(const History& history, const StepRequest& request, std::string_view before_primitive);
// Without skipped steps, steps that come to nothing and queries that nothing uses.
Result<History> with_dead_steps_removed(const History& history);

// A version's step with the schedule in which it is written: its nodes are random variables there. Requires: the version has a step.
struct WrittenStep {
  schedule::Schedule before;
  schedule::Instruction instruction;
};
WrittenStep written_step(const History& history, int version);

// The version with the steps of `steps` (of the numbering of `parent`'s schedule) below a parent, one version a step.
std::pair<History, int> with_steps(History history, int parent, std::vector<schedule::TraceStep> steps, std::vector<std::string> labels);

}  // namespace loopglass::app
