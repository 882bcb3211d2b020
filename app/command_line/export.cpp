#include <fmt/format.h>

#include <cstdio>

#include "app/command_line/commands.h"
#include "app/command_line/report.h"
#include "app/model/cache_levels.h"
#include "app/model/export.h"
#include "app/model/files.h"
#include "app/model/known_peaks.h"
#include "app/model/places.h"
#include "app/report/draw.h"
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

// What is drawn is of one function: the one named, the schedule's, else the first.
Result<std::string> drawing_of(const Program& program, const ExportOptions& options) {
  const std::string wanted = options.input.function == "all" ? std::string() : options.input.function;
  const bool is_page = options.format == "html";
  const measure::Machine machine = measure::read_machine();
  TRY_ASSIGN(const report::Facts facts, report::load_facts(assets_directory(), machine, known_peaks(machine), 1));
  const View view = view_of(program, chosen_functions(program, wanted).front(),
                            {.levels = cache_levels(machine), .with_steps = is_page, .with_times = is_page && !options.no_times});
  TRY_ASSIGN(std::string bytes, report::draw(view, options.format, options.pictures, facts));
  const Measurement* measured = view.measurement(*view.version());
  if (measured && measured->error) fmt::print(stderr, "{}", render(*measured->error, program.path, {}));
  return bytes;
}

Result<std::string> exported(const Program& program, const std::string& function, const ExportOptions& options) {
  if (is_machine_code(options.format)) return machine_code_of(program, function, options.format);
  return is_drawn(options.format) ? drawing_of(program, options) : export_text(program.schedule, function, options.format);
}

}  // namespace

int export_command(const ExportOptions& options) {
  const Program program = load_program(options.input);
  const std::string function = options.input.function == "all" ? std::string() : options.input.function;
  if (!function.empty()) chosen_functions(program, function);   // a name that is there
  const Result<std::string> text = exported(program, function, options);
  if (!text) throw CommandFailure{text.error().kind == DiagnosticKind::BadArgument ? kUsageWrong : kInputWrong, render(text.error(), program.path, {})};
  if (options.output.empty()) {
    std::fwrite(text->data(), 1, text->size(), stdout);
    return kDone;
  }
  if (Result<void> written = write_file(options.output, *text); !written) throw CommandFailure{kInputWrong, render(written.error(), options.output.string(), {})};
  return kDone;
}

}  // namespace loopglass::app
