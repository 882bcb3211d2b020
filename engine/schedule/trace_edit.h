// Changing a trace after the fact: steps switched off, moved, deleted, put in or edited, the rest replayed as far as it
// still applies.
//
// An edit is a plain change of a list of TraceSteps (erase, rotate, insert, on = false); replay_steps finds out what
// becomes of it.
#pragma once

#include <functional>
#include <span>

#include "engine/schedule/schedule.h"

namespace loopglass::schedule {

struct TraceStep {
  Instruction instruction;
  bool on = true;
};

struct StepOutcome {
  TraceStep step;                        // in the numbering of the new schedule; what is off or refused has outputs numbered below zero
  std::optional<Diagnostic> refusal;     // why it does not apply; nothing where it was applied, or is off
  std::optional<Schedule::Step> made;    // the schedule after it, where it was applied
};

struct EditedTrace {
  Schedule schedule;                     // after every step that applies
  std::vector<StepOutcome> outcomes;     // a step each, in their order
};

// Replays steps onto a schedule. Their random variables are those of `start` or are given by the steps themselves
// (numbers are free otherwise). A query (get_loops, ...) that stands behind the step that uses it, which happens when a
// step was moved up, is made before it. A step applied under trust before is trusted again. Refusals of a step: its
// primitive's; StaleReference where it uses what a step gave that is off, is refused or comes later.
EditedTrace replay_steps(const Schedule& start, std::vector<TraceStep> steps);

// The steps of a trace, all on.
std::vector<TraceStep> steps_of(const Trace& trace);

// A trace without the instructions that change nothing and whose results nothing uses, as TVM's Trace.simplified(remove_postproc), its random
// variables renumbered.
Trace simplified(const Trace& trace, bool remove_postproc = false);
// The same trace with its random variables numbered in the order in which its instructions give them, as TVM names them.
Trace renumbered(const Trace& trace);

// The steps without those that come to nothing: left out, together with what uses their results, the rest still applies and ends at the same
// program (structurally).
std::vector<TraceStep> without_idle_steps(const Schedule& start, std::vector<TraceStep> steps);

// A value with each random variable in it replaced.
Value with_variables(const Value& value, const std::function<Value(const Value&)>& replace);
// Its number; nothing for another value.
std::optional<int> variable_id(const Value& value);

}  // namespace loopglass::schedule
