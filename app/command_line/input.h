// What the command line's arguments name: programs, schedules, and the errors that end a command.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>

#include "engine/schedule/replay.h"
#include "engine/script/parser.h"

namespace loopglass::app {

// Exit codes of the contract.
inline constexpr int kDone = 0, kInputWrong = 1, kUsageWrong = 2, kKernelFailed = 3, kOwnBug = 70;

// Ends a command: what goes to stderr, and the exit code. Thrown and caught inside the command line alone.
struct CommandFailure {
  int exit_code;
  std::string message;
};

struct InputOptions {
  std::string file;
  std::string module;                     // --module
  std::string function;                   // --function
  std::optional<std::string> schedule;    // --schedule
  std::vector<std::string> bindings;      // --set n=128
  bool trust = false, no_check = false;
  int upto = -1;
};

// A program as a file gives it, and the schedule that applies to it.
struct Program {
  std::string path;
  script::Dialect dialect = script::Dialect::STir;
  schedule::Schedule schedule;            // replayed; the unscheduled program is schedule.original()
};

// Reads FILE, chooses the module, replays the schedule. Throws CommandFailure.
Program load_program(const InputOptions& options);

// The program that `--against X` means. Throws CommandFailure.
ir::Module load_against(const InputOptions& options, const std::string& against);

// The functions that --function means: one, or all of them.
std::vector<std::string> chosen_functions(const Program& program, const std::string& option);

}  // namespace loopglass::app
