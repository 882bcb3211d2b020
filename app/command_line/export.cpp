#include <fmt/format.h>

#include "app/command_line/commands.h"
#include "app/model/export.h"
#include "app/model/files.h"
#include "app/model/places.h"
#include "engine/measure/client.h"

namespace loopglass::app {

namespace {

// The machine code of a function as this CPU's assembly, made by the worker.
Result<std::string> assembly_of(const ir::Module& module, const std::string& function) {
  measure::Client client(worker_program());
  measure::Request request{.module = module, .function = function};
  request.compile_only = true;
  client.submit(std::move(request));
  while (true) {
    for (measure::Event& event : client.wait(std::chrono::milliseconds(1000))) {
      if (auto* error = std::get_if<Diagnostic>(&event.what)) return std::unexpected(std::move(*error));
      if (auto* compiled = std::get_if<measure::Compiled>(&event.what); compiled && !compiled->assembly.empty()) return std::move(compiled->assembly);
    }
  }
}

// Every chosen function's assembly, one after the other.
Result<std::string> assembly_text(const Program& program, const std::string& function) {
  std::string text;
  for (const std::string& name : chosen_functions(program, function.empty() ? "all" : function)) {
    TRY_ASSIGN(const std::string assembly, assembly_of(program.schedule.module(), name));
    text += assembly;
  }
  return text;
}

}  // namespace

int export_command(const ExportOptions& options) {
  const Program program = load_program(options.input);
  const std::string function = options.input.function == "all" ? std::string() : options.input.function;
  if (!function.empty()) chosen_functions(program, function);   // a name that is there
  const Result<std::string> text =
      options.format == "asm" ? assembly_text(program, function) : export_text(program.schedule, function, options.format);
  if (!text) throw CommandFailure{text.error().kind == DiagnosticKind::BadArgument ? kUsageWrong : kInputWrong, render(text.error(), program.path, {})};
  if (options.output.empty()) {
    fmt::print("{}", *text);
    return kDone;
  }
  if (Result<void> written = write_file(options.output, *text); !written) throw CommandFailure{kInputWrong, render(written.error(), options.output.string(), {})};
  return kDone;
}

}  // namespace loopglass::app
