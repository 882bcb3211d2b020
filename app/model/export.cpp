#include "app/model/export.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/model/project.h"
#include "app/model/source.h"
#include "engine/emit/emit.h"
#include "engine/ir/structural_equal.h"
#include "engine/schedule/replay.h"

namespace loopglass::app {

namespace {

using schedule::Schedule;

Result<std::string> text_of(Result<emit::LinkedText> linked) {
  if (!linked) return std::unexpected(std::move(linked).error());
  return std::move(linked->text);
}

// A project of one branch: the unscheduled program as its source, a version for each step.
Result<std::string> to_project(const Schedule& schedule) {
  const std::string source = emit::to_source(schedule);
  Opened opened = open_source(History(), {}, source);
  if (!opened.errors.empty()) return std::unexpected(opened.errors.front());
  const schedule::Replayed replayed =
      schedule::replay(schedule::trace_to_json(schedule.trace()), opened.history.current()->schedule.module(), schedule.replay_options());
  if (replayed.error) return std::unexpected(*replayed.error);
  const auto [history, last] = with_trace(opened.history, 0, replayed.schedule.trace());
  return project_to_json(history.at_cursor(last)).dump(1) + "\n";
}

Result<std::string> unchecked_text(const Schedule& schedule, const std::string& function, const std::string& format) {
  if (format == "python") return emit::to_python(schedule);
  if (format == "python-tir") return emit::to_python(schedule, true);
  if (format == "trace") return emit::to_trace(schedule) + "\n";
  if (format == "record") return emit::to_record(schedule);
  if (format == "script") return emit::to_script(schedule);
  if (format == "project") return to_project(schedule);
  if (format == "numpy") return text_of(emit::to_numpy(schedule.module(), function));
  if (format == "c") return text_of(emit::to_c(schedule.module(), function));
  return fail(DiagnosticKind::BadArgument, fmt::format("there is no export format {}", format),
              "choose one of " + export_format_names());
}

}  // namespace

const std::vector<ExportFormat>& export_formats() {
  static const std::vector<ExportFormat> formats{{"python", ".py", true},      {"python-tir", ".py", true}, {"trace", ".json", true},   {"record", ".json", true},
                                                 {"script", ".py", true},      {"project", ".loopglass", true},
                                                 {"numpy", ".py", false},      {"c", ".c", false},          {"asm", ".s", false},
                                                 {"llvm", ".ll", false},      {"html", ".html", false, true},
                                                 {"svg", ".svg", false, true}, {"png", ".png", false, true}};
  return formats;
}

std::string export_format_names() {
  std::string names;
  for (const ExportFormat& format : export_formats()) names += (names.empty() ? "" : ", ") + std::string(format.name);
  return names;
}

bool is_drawn(const std::string& format) {
  return std::ranges::any_of(export_formats(), [&](const ExportFormat& known) { return known.is_drawn && known.name == format; });
}

bool is_machine_code(const std::string& format) { return format == "asm" || format == "llvm"; }

std::string machine_code_text(const ir::Module& module, const measure::Compiled& compiled, const std::string& format) {
  return fmt::format("{} For {}, of the program with structural hash {:016x}, written by Loopglass.\n{}", format == "asm" ? "#" : ";", compiled.target,
                     ir::structural_hash(module), format == "asm" ? compiled.assembly : compiled.llvm_ir);
}

Result<void> check_export(const Schedule& schedule, const std::string& format, const std::string& text) {
  if (format == "python") return emit::verify_export(schedule, text, emit::Format::Python);
  if (format == "python-tir") return emit::verify_export(schedule, text, emit::Format::PythonTir);
  if (format == "trace") return emit::verify_export(schedule, text, emit::Format::Trace);
  if (format == "record") return emit::verify_export(schedule, text, emit::Format::Record);
  if (format == "script") return emit::verify_export(schedule, text, emit::Format::Script);
  if (format != "project") return {};
  TRY_ASSIGN(const History history, parse_project(text));
  const ir::Module& again = history.current()->schedule.module();
  if (ir::structural_equal(again, schedule.module())) return {};
  return fail(DiagnosticKind::ExportDiffers,
              fmt::format("the project, read back, ends at another program: {}", ir::first_difference(again, schedule.module())),
              "this is a bug in Loopglass; export another format and report it");
}

Result<std::string> export_text(const Schedule& schedule, const std::string& function, const std::string& format) {
  TRY_ASSIGN(std::string text, unchecked_text(schedule, function, format));
  TRY(check_export(schedule, format, text));
  return text;
}

}  // namespace loopglass::app
