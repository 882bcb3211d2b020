#include <fmt/format.h>

#include "app/command_line/commands.h"
#include "app/model/export.h"
#include "app/model/files.h"
#include "app/model/places.h"
#include "engine/measure/client.h"

namespace loopglass::app {

namespace {

// The code of a function for this CPU, made by the worker.
Result<measure::Compiled> compiled_by_worker(const ir::Module& module, const std::string& function) {
  measure::Client client(worker_program(), kernel_directory());
  measure::Request request{.module = module, .function = function};
  request.compile_only = true;
  client.submit(std::move(request));
  while (true) {
    for (measure::Event& event : client.wait(std::chrono::milliseconds(1000))) {
      if (auto* error = std::get_if<Diagnostic>(&event.what)) return std::unexpected(std::move(*error));
      if (auto* compiled = std::get_if<measure::Compiled>(&event.what); compiled && !compiled->assembly.empty()) return std::move(*compiled);
    }
  }
}

// Every chosen function's, one after the other.
Result<std::string> machine_code_of(const Program& program, const std::string& function, const std::string& format) {
  std::string text;
  for (const std::string& name : chosen_functions(program, function.empty() ? "all" : function)) {
    TRY_ASSIGN(const measure::Compiled compiled, compiled_by_worker(program.schedule.module(), name));
    text += machine_code_text(program.schedule.module(), compiled, format);
  }
  return text;
}

}  // namespace

int export_command(const ExportOptions& options) {
  const Program program = load_program(options.input);
  const std::string function = options.input.function == "all" ? std::string() : options.input.function;
  if (!function.empty()) chosen_functions(program, function);   // a name that is there
  const Result<std::string> text =
      is_machine_code(options.format) ? machine_code_of(program, function, options.format) : export_text(program.schedule, function, options.format);
  if (!text) throw CommandFailure{text.error().kind == DiagnosticKind::BadArgument ? kUsageWrong : kInputWrong, render(text.error(), program.path, {})};
  if (options.output.empty()) {
    fmt::print("{}", *text);
    return kDone;
  }
  if (Result<void> written = write_file(options.output, *text); !written) throw CommandFailure{kInputWrong, render(written.error(), options.output.string(), {})};
  return kDone;
}

}  // namespace loopglass::app
