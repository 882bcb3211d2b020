// From written schedules to applied ones, and back: schedule statements, TVM's trace in JSON and in Python.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/schedule/schedule.h"
#include "engine/script/schedule_script.h"

namespace loopglass::schedule {

// How far a replay came: `schedule` holds all steps before the one that failed.
struct Replayed {
  Schedule schedule;
  std::optional<Diagnostic> error;      // of the step that failed
  int failed_instruction = -1;          // its index in the trace, queries counted
  std::string failed_kind;              // "Split"
  std::vector<Diagnostic> warnings;     // of the steps that were applied (unsound ones under Options::trust), in their order
};

// `upto`: only the first N instructions, -1 = all.
Replayed replay(const script::ScheduleScript& script, ir::Module module, Options options = {}, int upto = -1);
// TVM's `[instructions, decisions]`.
Replayed replay(const nlohmann::json& trace, ir::Module module, Options options = {}, int upto = -1);

// Goes on from a schedule with more instructions of the same trace, `[instructions, decisions]`, whose names (b0, l1) are those that
// trace_to_json gives `start`'s random variables. Decisions are numbered from the first of these instructions.
// `trust`: Options::trust for these instructions.
Replayed replay_onto(const Schedule& start, const nlohmann::json& trace, bool trust = false);

// The trace up to the first enter_postproc, which is left out too: what TVM gives with remove_postproc=True.
Trace without_postproc(const Trace& trace);
// Instructions that are kept and not applied, in trace_to_json's form; a random variable is what its name says (l4, also l-4).
Result<std::vector<Instruction>> read_unapplied(const nlohmann::json& instructions);

nlohmann::json trace_to_json(const Trace& trace);
// Whether a text can be a trace in that form: it begins with "[[".
bool is_trace(std::string_view text);
// One statement a line, as TVM's trace.as_python() gives them. `tir_names`: get_block instead of get_sblock.
std::vector<std::string> trace_to_python(const Trace& trace, bool tir_names = false);
// The loops and blocks of a value by the names they had, the rest as Python writes it: "j", "[i, j]".
std::string names_in(const Schedule& schedule, const Value& value);
// One step for a person: "split(j, [None, 4])", loop variables and blocks by the names they had.
std::string describe(const Schedule& before, const Instruction& instruction);

}  // namespace loopglass::schedule
