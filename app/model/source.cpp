#include "app/model/source.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/ir/structural_equal.h"
#include "engine/schedule/replay.h"
#include "engine/support/check.h"

namespace loopglass::app {

namespace {

Version root_version(const script::ParsedModule& parsed, const ir::TensorIntrins& intrinsics, std::shared_ptr<const Source> source) {
  return Version{.schedule = schedule::Schedule(parsed.module, {.intrinsics = intrinsics}),
                 .source = std::move(source),
                 .hash = ir::structural_hash(parsed.module)};
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
                   const std::string& function) {
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

  opened.history = opened.history.with_version(root_version(*chosen, file.intrinsics, std::move(source)), -1);
  const int root = static_cast<int>(opened.history.versions().size()) - 1;
  opened.history = with_trace(std::move(opened.history), root, trace).first.at_cursor(root);
  if (replayed) opened.schedule_error = std::move(replayed->error);
  return opened;
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
