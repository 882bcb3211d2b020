#include <fmt/format.h>

#include <cstdio>

#include "app/command_line/commands.h"
#include "app/command_line/outcome.h"
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

struct Exported {
  std::string bytes;
  int exit_code = kDone;
};

// What is drawn is of one function: the one named, the schedule's, else the first. A page of a program that failed says so, and is written all the same.
Result<Exported> drawing_of(const Program& program, const ExportOptions& options) {
  const std::string wanted = options.input.function == "all" ? std::string() : options.input.function;
  const bool is_page = options.format == "html";
  const measure::Machine machine = measure::read_machine();
  TRY_ASSIGN(const report::Facts facts, report::load_facts(assets_directory(), machine, known_peaks(machine), 1));
  const View view = view_of(program, chosen_functions(program, wanted).front(),
                            {.levels = cache_levels(machine), .with_steps = is_page, .with_times = is_page && !options.no_times,
                             .values = element_quantity_named(options.pictures.mode), .threads = std::max(2, machine.cores)});
  TRY_ASSIGN(std::string bytes, report::draw(view, options.format, options.pictures, facts));
  const Measurement* measured = view.measurement(*view.version());
  if (!measured || !measured->error) return Exported{std::move(bytes)};
  fmt::print(stderr, "{}", render(*measured->error, program.path, {}));
  return Exported{std::move(bytes), exit_code_of(*measured->error)};
}

Result<Exported> exported(const Program& program, const std::string& function, const ExportOptions& options) {
  if (is_drawn(options.format)) return drawing_of(program, options);
  TRY_ASSIGN(std::string text, is_machine_code(options.format) ? machine_code_of(program, function, options.format) : export_text(program.schedule, function, options.format));
  return Exported{std::move(text)};
}

}  // namespace

int export_command(const ExportOptions& options) {
  const Program program = load_program(options.input);
  const std::string function = options.input.function == "all" ? std::string() : options.input.function;
  if (!function.empty()) chosen_functions(program, function);   // a name that is there
  const Result<Exported> made = exported(program, function, options);
  if (!made) throw CommandFailure{made.error().kind == DiagnosticKind::BadArgument ? kUsageWrong : kInputWrong, render(made.error(), program.path, {})};
  if (options.output.empty()) {
    std::fwrite(made->bytes.data(), 1, made->bytes.size(), stdout);
  } else if (Result<void> written = write_file(options.output, made->bytes); !written) {
    throw CommandFailure{kInputWrong, render(written.error(), options.output.string(), {})};
  }
  return made->exit_code;
}

}  // namespace loopglass::app
