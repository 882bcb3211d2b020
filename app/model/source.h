// From a file's text to the roots of a history: the chosen module, and the schedule that the file brings along as a ready branch.
#pragma once

#include "app/model/history.h"
#include "engine/schedule/database_record.h"

namespace loopglass::app {

// What opening a text gave: a history, or every error in the text.
struct Opened {
  History history;                       // the cursor at the chosen module's root; empty where there are errors
  std::vector<Diagnostic> errors;        // of the text, spans into it
  std::optional<Diagnostic> schedule_error;   // the file's schedule stopped here; the steps before it are in the history
  bool is_branch = false;                // a new branch of the program that was open: the file holds none itself
};

// Adds a root for a module of the text (and the branch its schedule makes) to `history`. An empty module name takes the module that the
// file's first schedule is for, else the first; an empty function the schedule's, else the first. `edited_from`: the version whose text
// was edited, -1 where the text is a file's.
Opened open_source(const History& history, const std::string& path, const std::string& text, const std::string& module = {},
                   const std::string& function = {}, int edited_from = -1);

// The lines of a MetaSchedule database, with its programs from the file beside it where it is named as TVM names it. Errors: BadArgument.
Result<schedule::Database> database_of(const std::string& path, const std::string& text);

// The same for a database's text: the program of its first record as a root of its own history, and the fastest of the schedules tuned for it as
// the ready branch. Records without a program are taken to be for the one that is open, as open_trace. A step that is not sound is trusted and
// carries its warning, as TVM has taken it.
Opened open_database(const History& open, const std::string& path, const std::string& text);
// A trace in TVM's JSON: a branch of the root that the cursor's version comes from, the cursor at its end.
Opened open_trace(const History& open, const std::string& path, const std::string& text);

// Adds one version below `parent` for every instruction of `trace` that changes the program; gives the last one's id.
// Requires: the trace was replayed on parent's schedule before.
std::pair<History, int> with_trace(History history, int parent, const schedule::Trace& trace);

}  // namespace loopglass::app
