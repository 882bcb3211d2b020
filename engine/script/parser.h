// From Python text to TensorIR: finds and reads every module and function written in TVMScript, in either dialect, and the schedule
// statements beside them. Nothing in the text is executed.
#pragma once

#include <unordered_map>

#include "engine/ir/module.h"
#include "engine/script/schedule_script.h"
#include "engine/support/result.h"

namespace loopglass::script {

enum class Dialect { STir, Tir };  // TVM 0.27's (T.sblock) and the course's (T.block)

struct ParsedModule {
  std::string name;      // of the class, or of the bare function
  ir::Module module;     // null where it has errors
  Dialect dialect = Dialect::STir;
  SourceSpan span;       // from the decorator to the end of the class
  std::unordered_map<const ir::StmtNode*, SourceSpan> spans;  // of the module's statements
};

struct ParsedFile {
  std::vector<ParsedModule> modules;       // in the order of the text
  std::vector<ScheduleScript> schedules;   // one for each `Schedule(M)`, or each function that takes a schedule
  ir::TensorIntrins intrinsics;            // registered with TensorIntrin.register; their functions are not among the modules
  std::vector<Diagnostic> errors;          // all of them: the parser recovers after each
};

// Errors: SyntaxError, UndefinedName, TypeMismatch, UnsupportedSyntax, IllFormed with spans; NoProgram where the text has neither a
// module, a function nor schedule statements.
ParsedFile parse_file(std::string_view text);

// The first module of a text that has to be free of errors.
Result<ir::Module> parse_module(std::string_view text);

}  // namespace loopglass::script
