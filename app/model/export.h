// A schedule in another form, read back and replayed before it is reported as written.
#pragma once

#include <filesystem>

#include "engine/measure/client.h"
#include "engine/schedule/schedule.h"

namespace loopglass::app {

// FORMAT of the command line's `export`.
struct ExportFormat {
  const char* name;       // "python"
  const char* extension;  // ".py"
  bool is_replayed;       // read back, replayed and compared with the program before "written"
  bool is_drawn = false;  // pictures and reports: made by app/report, of what has been counted and measured
};
const std::vector<ExportFormat>& export_formats();
// "python, python-tir, ..."
std::string export_format_names();

bool is_drawn(const std::string& format);

// The text of a schedule in a format, checked where the format can be read back. `function`: for forms of one function, empty = all. What is
// machine code is the worker's, what is drawn is app/report's, and not made here. Errors: BadArgument for an unknown format; UnsupportedOperation where the form
// cannot hold the program; those of check_export.
Result<std::string> export_text(const schedule::Schedule& schedule, const std::string& function, const std::string& format);

// "asm" and "llvm": what the worker gives for one function, with a line that says of what it is.
bool is_machine_code(const std::string& format);
std::string machine_code_text(const ir::Module& module, const measure::Compiled& compiled, const std::string& format);

// Reads a text of a format back, replays it and compares the program that it ends at with the schedule's; nothing to do for the forms that hold no
// schedule. Errors: ExportMismatch, for a project ExportDiffers, where it is another program; what the text's reader says.
Result<void> check_export(const schedule::Schedule& schedule, const std::string& format, const std::string& text);

}  // namespace loopglass::app
