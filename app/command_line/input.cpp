#include "app/command_line/input.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/model/files.h"
#include "app/model/project.h"
#include "app/model/source.h"
#include "engine/ir/specialize.h"
#include "engine/ir/structural_equal.h"
#include "engine/schedule/database_record.h"

namespace loopglass::app {

namespace {

using script::ParsedFile;
using script::ParsedModule;
using script::ScheduleScript;

[[noreturn]] void end(const Diagnostic& diagnostic, const std::string& file, const std::string& text) {
  throw CommandFailure{kInputWrong, render(diagnostic, file, text)};
}

std::string read(const std::string& path) {
  Result<std::string> text = read_text_file(path);
  if (!text) throw CommandFailure{kInputWrong, fmt::format("error: {}\n  {}\n", text.error().message, text.error().help)};
  return std::move(*text);
}

struct File {
  std::string path, text;
  ParsedFile parsed;
};

File parse(const std::string& path, std::string text) {
  File file{path, std::move(text), {}};
  file.parsed = script::parse_file(file.text);
  if (file.parsed.errors.empty()) return file;
  std::string all;
  for (const Diagnostic& error : file.parsed.errors) all += render(error, path, file.text);
  throw CommandFailure{kInputWrong, all};
}

File parse(const std::string& path) { return parse(path, read(path)); }

std::string names_of(const ParsedFile& file) {
  std::string names;
  for (const ParsedModule& module : file.modules) names += (names.empty() ? "" : ", ") + module.name;
  return names;
}

const ParsedModule& choose_module(const File& file, const std::string& wanted, const ScheduleScript* script) {
  const std::string& name = !wanted.empty() || !script ? wanted : script->module_name;
  if (file.parsed.modules.empty())
    throw CommandFailure{kInputWrong, fmt::format("{}: error: there is no TensorIR program in it\n  it needs a class under @I.ir_module or "
                                                  "@tvm.script.ir_module, or a function under @T.prim_func\n", file.path)};
  if (name.empty()) return file.parsed.modules.front();
  for (const ParsedModule& module : file.parsed.modules)
    if (module.name == name) return module;
  throw CommandFailure{kInputWrong, fmt::format("{}: error: there is no module {}\n  it has {}\n", file.path, name, names_of(file.parsed))};
}

// The schedule in a Python file: by name, or the first for the module, or the first function that takes any schedule.
const ScheduleScript* choose_script(const ParsedFile& file, const std::string& module, const std::string& name) {
  const ScheduleScript* any = nullptr;
  for (const ScheduleScript& script : file.schedules) {
    if (!name.empty() && script.name != name) continue;
    if (script.module_name == module || !name.empty()) return &script;
    if (script.module_name.empty() && !any) any = &script;
  }
  return any;
}

schedule::Options schedule_options(const InputOptions& options, const ParsedFile& program, bool script_checks = true) {
  return {.enable_check = script_checks && !options.no_check, .trust = options.trust, .intrinsics = program.intrinsics};
}

schedule::Schedule finish(schedule::Replayed replayed, const std::string& source, const std::string& text) {
  if (!replayed.error) return std::move(replayed.schedule);
  const Diagnostic& error = *replayed.error;
  std::string rendered = render(error, source, text);
  if (replayed.failed_instruction >= 0)   // the step's number stands in the place of the line's; the line itself follows
    rendered = fmt::format("{}: instruction {} ({}): error: {}{}", source, replayed.failed_instruction, replayed.failed_kind, error.message,
                           rendered.substr(std::min(rendered.find('\n'), rendered.size())));
  throw CommandFailure{kInputWrong, std::move(rendered)};
}

schedule::Database required_database(const std::string& path, const std::string& text) {
  Result<schedule::Database> database = database_of(path, text);
  if (!database) end(database.error(), path, {});
  return std::move(*database);
}

schedule::Schedule replay_record(const InputOptions& options, const std::string& path, const schedule::Database& database, const ParsedFile& program, const ir::Module& module) {
  const Result<schedule::TuningRecord> record = schedule::record_for(database, module);
  if (!record) end(record.error(), path, {});
  return finish(schedule::replay(record->trace, module, schedule_options(options, program), options.upto), path, {});
}

schedule::Schedule replay_text(const InputOptions& options, const std::string& spec, const ParsedFile& program, const ir::Module& module,
                               const std::string& module_name) {
  const size_t colon = spec.rfind(':');
  const bool has_name = colon != std::string::npos && colon > 0 && spec.find('/', colon) == std::string::npos;
  const std::string path = has_name ? spec.substr(0, colon) : spec;
  const std::string name = has_name ? spec.substr(colon + 1) : std::string();
  const std::string text = read(path);
  const size_t first = text.find_first_not_of(" \t\r\n");
  const char start = first == std::string::npos ? '\0' : text[first];
  if (schedule::is_database(text)) return replay_record(options, path, required_database(path, text), program, module);
  if (start == '[') {
    const nlohmann::json trace = nlohmann::json::parse(text, nullptr, false);
    if (trace.is_discarded()) throw CommandFailure{kInputWrong, fmt::format("{}: error: this is no JSON\n  a trace is what TVM's trace.as_json() gives\n", path)};
    return finish(schedule::replay(trace, module, schedule_options(options, program), options.upto), path, {});
  }
  if (start == '{') {
    Result<History> history = parse_project(text);
    if (!history) end(history.error(), path, text);
    if (history->empty()) throw CommandFailure{kInputWrong, fmt::format("{}: error: the project holds no program\n", path)};
    const nlohmann::json trace = schedule::trace_to_json(history->current()->schedule.trace());
    return finish(schedule::replay(trace, module, schedule_options(options, program), options.upto), path, {});
  }
  const File file = parse(path);
  const ScheduleScript* script = choose_script(file.parsed, module_name, name);
  if (!script && name.empty() && !file.parsed.schedules.empty()) script = &file.parsed.schedules.front();
  if (!script) throw CommandFailure{kInputWrong, fmt::format("{}: error: there are no schedule statements in it{}\n", path,
                                                             name.empty() ? "" : " named " + name)};
  return finish(schedule::replay(*script, module, schedule_options(options, program, script->enable_check), options.upto), path, file.text);
}

ir::Module with_bindings(const ir::Module& module, const std::vector<std::string>& bindings) {
  std::map<std::string, int64_t> values;
  for (const std::string& binding : bindings) {
    const size_t equals = binding.find('=');
    char* rest = nullptr;
    const int64_t value = equals == std::string::npos ? 0 : std::strtoll(binding.c_str() + equals + 1, &rest, 10);
    if (!rest || *rest || rest == binding.c_str() + equals + 1) throw CommandFailure{kUsageWrong, fmt::format("--set takes NAME=INTEGER, not {}\n", binding)};
    values[binding.substr(0, equals)] = value;
  }
  if (values.empty()) return module;
  Result<ir::Module> bound = ir::specialize(module, values);
  if (!bound) throw CommandFailure{kInputWrong, fmt::format("error: {}\n  {}\n", bound.error().message, bound.error().help)};
  return std::move(*bound);
}

// A database as the FILE: the program of its first record, and that record's schedule.
Program load_database(const InputOptions& options, const std::string& text) {
  const schedule::Database database = required_database(options.file, text);
  const size_t number = database.records.empty() ? 0 : database.records.front().workload;
  if (number >= database.workloads.size())
    throw CommandFailure{kInputWrong, fmt::format("{}: error: there is no program in it\n  it holds tuning records; give it as --schedule, or add the database's workload lines\n", options.file)};
  const Result<ir::Module>& workload = database.workloads[number];
  if (!workload) end(workload.error(), options.file, {});
  const ir::Module module = with_bindings(*workload, options.bindings);
  Program program{options.file, script::Dialect::STir, schedule::Schedule(module, schedule_options(options, {}))};
  if (options.schedule == "none" || (!options.schedule && database.records.empty())) return program;
  program.schedule = options.schedule ? replay_text(options, *options.schedule, {}, module, {}) : replay_record(options, options.file, database, {}, module);
  return program;
}

}  // namespace

Program load_program(const InputOptions& options) {
  std::string text = read(options.file);
  if (schedule::is_database(text)) return load_database(options, text);
  const File file = parse(options.file, std::move(text));
  const ScheduleScript* first = file.parsed.schedules.empty() ? nullptr : &file.parsed.schedules.front();
  const ParsedModule& chosen = choose_module(file, options.module, options.schedule ? nullptr : first);
  const ir::Module module = with_bindings(chosen.module, options.bindings);
  Program program{options.file, chosen.dialect, schedule::Schedule(module, schedule_options(options, file.parsed))};
  if (options.schedule == "none") return program;
  if (options.schedule) {
    program.schedule = replay_text(options, *options.schedule, file.parsed, module, chosen.name);
  } else if (const ScheduleScript* script = choose_script(file.parsed, chosen.name, {})) {
    program.schedule = finish(schedule::replay(*script, module, schedule_options(options, file.parsed, script->enable_check), options.upto), options.file, file.text);
  }
  return program;
}

ir::Module load_against(const InputOptions& options, const std::string& against) {
  InputOptions other = options;
  other.upto = -1;
  if (against != "none") {
    const std::string text = read(against);
    const size_t first = text.find_first_not_of(" \t\r\n");
    const bool is_python = first != std::string::npos && text[first] != '[' && text[first] != '{';
    if (is_python && !parse(against).parsed.modules.empty()) {
      other.file = against;
      other.module.clear();
      other.schedule.reset();
      return load_program(other).schedule.module();
    }
  }
  other.schedule = against;
  return load_program(other).schedule.module();
}

std::vector<std::string> chosen_functions(const Program& program, const std::string& option) {
  const ir::Module& module = program.schedule.module();
  std::vector<std::string> names;
  for (const ir::NamedFunction& function : module->functions) names.push_back(function.name);
  if (names.empty()) throw CommandFailure{kInputWrong, fmt::format("{}: error: the module has no function\n", program.path)};
  if (option == "all") return names;
  if (!option.empty()) {
    if (std::ranges::find(names, option) == names.end())
      throw CommandFailure{kInputWrong, fmt::format("{}: error: there is no function {}\n  the module has {}\n", program.path, option, fmt::join(names, ", "))};
    return {option};
  }
  for (const ir::NamedFunction& function : module->functions)
    if (ir::find_function(program.schedule.original(), function.name) != function.function) return {function.name};   // what the schedule changed
  return {names.front()};
}

}  // namespace loopglass::app
