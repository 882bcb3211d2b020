// A program in other forms, for people and for other programs.
#pragma once

#include <string>

#include "engine/ir/node_path.h"
#include "engine/schedule/schedule.h"
#include "engine/support/result.h"
#include "engine/support/source_span.h"

namespace loopglass::emit {

// Text whose lines are linked back to the loops and statements they came from (line numbers from 1, ascending).
struct LinkedText {
  std::string text;
  std::vector<std::pair<uint32_t, ir::NodePath>> lines;
};

// `def lnumpy_FUNCTION(params…)`: plain Python loops over NumPy arrays, in place; the loops of the program in their order, as the course
// writes them by hand. Each function of the module, or one.
// Errors: BadArgument (no such function), UnsupportedOperation (bfloat16, call_extern).
Result<LinkedText> to_numpy(const ir::Module& module, std::string_view function = {});
// C99, `void FUNCTION(…)`, compiled without a warning by -std=c99 -Wall.
// Errors: BadArgument, UnsupportedOperation (float16, symbolic shapes, call_extern).
Result<LinkedText> to_c(const ir::Module& module, std::string_view function = {});

// A Python file that real TVM runs: the original program, `apply_trace(sch)` with the schedule, and what applies it. With `tir`, the course's
// dialect.
std::string to_python(const schedule::Schedule& schedule, bool tir = false);
// TVM's trace, as one line of JSON without its newline.
std::string to_trace(const schedule::Schedule& schedule);
// The unscheduled program as a Python file, with the tensor intrinsics that the schedule's file registers.
std::string to_source(const schedule::Schedule& schedule);
// The two lines that MetaSchedule's JSON database keeps of it: the program, then the schedule.
std::string to_record(const schedule::Schedule& schedule);
// The scheduled program's TVMScript.
std::string to_script(const schedule::Schedule& schedule);

// What an export is read back as before it counts as written.
enum class Format { Python, PythonTir, Trace, Record, Script };
// Parses the text, replays what it holds and compares with the schedule. Error: ExportMismatch, with what differs.
Result<void> verify_export(const schedule::Schedule& schedule, std::string_view text, Format format);

}  // namespace loopglass::emit
