#include "app/model/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/model/files.h"
#include "engine/ir/structural_equal.h"
#include "engine/schedule/replay.h"
#include "engine/script/printer.h"
#include "engine/support/check.h"

namespace loopglass::app {

namespace {

Version root_version(const script::ParsedModule& parsed, const ir::TensorIntrins& intrinsics, std::shared_ptr<const Source> source, int edited_from) {
  return Version{.schedule = schedule::Schedule(parsed.module, {.intrinsics = intrinsics}),
                 .source = std::move(source),
                 .hash = ir::structural_hash(parsed.module),
                 .edited_from = edited_from};
}

const script::ParsedModule* choose_module(const script::ParsedFile& file, const std::string& wanted) {
  const auto named = [&](const std::string& name) {
    const auto it = std::ranges::find(file.modules, name, &script::ParsedModule::name);
    return it == file.modules.end() ? nullptr : &*it;
  };
  if (!wanted.empty()) return named(wanted);
  for (const script::ScheduleScript& script : file.schedules)
    if (const script::ParsedModule* module = named(script.module_name)) return module;
  return file.modules.empty() ? nullptr : &file.modules.front();
}

// The first schedule for that module, or the first function that takes any schedule where the text has one module alone.
const script::ScheduleScript* schedule_for(const script::ParsedFile& file, const std::string& module) {
  for (const script::ScheduleScript& script : file.schedules)
    if (script.module_name == module) return &script;
  for (const script::ScheduleScript& script : file.schedules)
    if (script.module_name.empty() && file.modules.size() == 1) return &script;
  return nullptr;
}

// The function that the trace's first get_sblock names.
std::string scheduled_function(const schedule::Trace& trace, const ir::Module& module) {
  for (const schedule::Instruction& instruction : trace.instructions)
    for (const schedule::Value& arg : instruction.args)
      if (const std::string* text = arg.as<std::string>(); text && ir::find_function(module, *text)) return *text;
  return module->functions.empty() ? std::string() : module->functions.front().name;
}

}  // namespace

Opened open_source(const History& history, const std::string& path, const std::string& text, const std::string& module_name,
                   const std::string& function, int edited_from) {
  script::ParsedFile file = script::parse_file(text);
  Opened opened{history, std::move(file.errors), {}};
  if (!opened.errors.empty()) return opened;
  const script::ParsedModule* chosen = choose_module(file, module_name);
  if (!chosen || chosen->module->functions.empty()) {
    opened.errors.push_back({DiagnosticKind::NoProgram,
                             module_name.empty() ? fmt::format("there is no TensorIR module in {}", path.empty() ? "this text" : path)
                                                 : fmt::format("there is no module {} in {}", module_name, path),
                             "open a Python file with a class under @tvm.script.ir_module or @I.ir_module", {}, {}, {}});
    return opened;
  }
  std::optional<schedule::Replayed> replayed;
  if (const script::ScheduleScript* script = schedule_for(file, chosen->name))
    replayed = schedule::replay(*script, chosen->module, {.enable_check = script->enable_check});

  auto source = std::make_shared<Source>(Source{path, text, chosen->name, function, chosen->dialect, {}});
  for (const script::ParsedModule& parsed : file.modules) source->modules.push_back(parsed.name);
  const schedule::Trace trace = replayed ? replayed->schedule.trace() : schedule::Trace{};
  if (function.empty()) source->function = scheduled_function(trace, chosen->module);

  opened.history = opened.history.with_version(root_version(*chosen, file.intrinsics, std::move(source), edited_from), -1);
  const int root = static_cast<int>(opened.history.versions().size()) - 1;
  opened.history = with_trace(std::move(opened.history), root, trace).first.at_cursor(root);
  if (replayed) opened.schedule_error = std::move(replayed->error);
  return opened;
}

Result<schedule::Database> database_of(const std::string& path, const std::string& text) {
  constexpr std::string_view kRecords = "database_tuning_record.json";
  std::string lines = text;
  if (path.ends_with(kRecords)) {
    const std::string workloads = path.substr(0, path.size() - kRecords.size()) + "database_workload.json";
    if (const Result<std::string> programs = read_text_file(workloads)) lines = *programs + "\n" + text;
  }
  return schedule::read_database(lines);
}

namespace {

// A trace as a branch of the open program.
Opened with_branch(const History& open, const nlohmann::json& trace, schedule::Options options) {
  const VersionPtr root = open.root_of(open.current()->id);
  schedule::Replayed replayed = schedule::replay(trace, root->schedule.module(), std::move(options));
  auto [next, tip] = with_trace(open, root->id, replayed.schedule.trace());
  return {next.at_cursor(tip), {}, std::move(replayed.error), true};
}

}  // namespace

Opened open_database(const History& open, const std::string& path, const std::string& text) {
  const auto failed = [&](Diagnostic error) { return Opened{open, {std::move(error)}, {}}; };
  const Result<schedule::Database> database = database_of(path, text);
  if (!database) return failed(database.error());
  const size_t number = database->records.empty() ? 0 : database->records.front().workload;
  if (number >= database->workloads.size()) {
    if (open.empty())
      return failed({DiagnosticKind::NoProgram, fmt::format("there is no program in {}: it holds tuning records alone", path),
                     "open their program first, or put the database's workload lines before them", {}, {}, {}});
    const Result<schedule::TuningRecord> record = schedule::record_for(*database, open.root_of(open.current()->id)->schedule.module());
    return record ? with_branch(open, record->trace, {.trust = true}) : failed(record.error());
  }
  if (!database->workloads[number]) return failed(database->workloads[number].error());
  const ir::Module& module = *database->workloads[number];
  Opened opened = open_source(History(), path, script::print(module).text);
  const Result<schedule::TuningRecord> record = schedule::record_for(*database, module);
  if (!opened.errors.empty() || !record) return opened;
  const int root = opened.history.current()->id;
  Opened branch = with_branch(opened.history, record->trace, {.trust = true});
  return {branch.history.at_cursor(root), {}, std::move(branch.schedule_error)};
}

Opened open_trace(const History& open, const std::string& path, const std::string& text) {
  const nlohmann::json trace = nlohmann::json::parse(text, nullptr, false);
  if (trace.is_discarded() || open.empty())
    return {open, {{DiagnosticKind::BadArgument, fmt::format("{} cannot be read as a trace", path), "a trace is what TVM's trace.as_json() gives; open its program first", {}, {}, {}}}, {}};
  return with_branch(open, trace, open.root_of(open.current()->id)->schedule.options());
}

std::pair<History, int> with_trace(History history, int parent, const schedule::Trace& trace) {
  schedule::Schedule schedule = history.at(parent)->schedule;
  for (const schedule::Instruction& instruction : trace.instructions) {
    const schedule::Schedule before = schedule;
    Result<schedule::Schedule::Step> step = schedule.apply(*instruction.primitive, instruction.args, instruction.unsound);
    CHECK(step.has_value(), "a replayed trace applies again");
    schedule = step->schedule;
    if (instruction.primitive->is_query) continue;
    Version version{.schedule = schedule,
                    .source = history.at(parent)->source,
                    .primitive = instruction.primitive,
                    .step = schedule::describe(before, schedule.trace().instructions.back()),
                    .forwarding = std::move(step->forwarding),
                    .warnings = std::move(step->warnings),
                    .hash = ir::structural_hash(schedule.module())};
    history = history.with_version(std::move(version), parent);
    parent = static_cast<int>(history.versions().size()) - 1;
  }
  return {std::move(history), parent};
}

}  // namespace loopglass::app
