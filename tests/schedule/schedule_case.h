// A schedule case: one file with a program, schedule statements and what is expected of them.
//
//   # What the case shows.
//   @I.ir_module
//   class Module: ...
//
//   sch = tvm.s_tir.Schedule(Module)
//   i, j = sch.get_loops("C")
//   sch.split(i, [None, 16])
//
//   # expect:
//   the scheduled program, as TVM prints it without its header
//
// In a file whose name starts with fail_ the last statement is refused, and what follows `# expect:` is the diagnostic.
// A head comment line that starts with `# Results change` marks a schedule after which the results are others, by design: it is applied with
// trust, a step has to warn, and the results have to differ.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/ir/module.h"
#include "engine/schedule/schedule.h"
#include "engine/script/parser.h"
#include "engine/support/diagnostic.h"

namespace loopglass::tests {

struct ScheduleCase {
  std::filesystem::path file;
  std::string source;       // all above the line `# expect:`
  std::string expectation;  // all below it
  bool is_failure() const { return file.filename().string().starts_with("fail_"); }
  bool results_change() const { return source.starts_with("# Results change") || source.find("\n# Results change") != std::string::npos; }
};

// Every .tir below a folder, sorted by path.
std::vector<std::filesystem::path> case_files(const std::filesystem::path& folder);
ScheduleCase read_case(const std::filesystem::path& file);
// Writes the case back with another expectation.
void write_expectation(const ScheduleCase& c, const std::string& expectation);
// Where the environment variable LOOPGLASS_UPDATE_CASES is set to 1.
bool updating_cases();

// A diagnostic as a case states it: its kind, message, help, labels and witness, a line each.
std::string to_text(const Diagnostic& diagnostic);
// A program as a case states it.
std::string to_text(const ir::Module& module);

// The first difference of the results that two programs give for the same seeded inputs, by the interpreter; empty where they agree.
std::string difference_in_results(const ir::Module& before, const ir::Module& after, uint64_t seed);
// The same for a schedule's program, whose parameters may have got other layouts on the way.
std::string difference_in_results(const schedule::Schedule& schedule, uint64_t seed);

}  // namespace loopglass::tests
