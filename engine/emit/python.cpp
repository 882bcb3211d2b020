// Schedules as Python files and traces, and the proof that they read back.
#include <fmt/format.h>

#include <set>

#include <nlohmann/json.hpp>

#include "engine/emit/emit.h"
#include "engine/ir/structural_equal.h"
#include "engine/schedule/database_record.h"
#include "engine/schedule/replay.h"
#include "engine/schedule/shipped_intrinsics.h"
#include "engine/script/printer.h"

namespace loopglass::emit {

namespace {

// The name that a Schedule is made of: the class, or the function where there is none.
std::string module_name(const ir::Module& module, bool tir) {
  if (module->is_bare_function && !module->functions.empty()) return module->functions[0].name;
  return tir ? module->name : "Module";
}

// Imports as statements: TVM prints them as comments.
std::string program_text(const ir::Module& module, bool tir) {
  const script::Dialect dialect = tir ? script::Dialect::Tir : script::Dialect::STir;
  std::string text = script::print(module, {.dialect = dialect}).text;
  std::string out;
  bool in_header = true;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size() - 1);
    std::string line = text.substr(at, end - at + 1);
    in_header = in_header && line.starts_with("# ");
    if (in_header && (line.starts_with("# from ") || line.starts_with("# import "))) line.erase(0, 2);
    out += line;
    at = end + 1;
  }
  return out;
}

std::string function_text(const std::string& name, const ir::Function& function, bool tir) {
  ir::ModuleNode module;
  module.name = name;
  module.is_bare_function = true;
  module.functions = {{name, function}};
  return script::print(ir::make_module(std::move(module)), {.dialect = tir ? script::Dialect::Tir : script::Dialect::STir, .header = false}).text;
}

// The functions of the intrinsics that the file registers, each once, and their registration.
std::string registrations(const schedule::Schedule& schedule, bool tir) {
  std::string text;
  std::set<std::string> written;
  const ir::TensorIntrins& intrinsics = schedule.options().intrinsics;
  if (!intrinsics) return text;
  for (const ir::TensorIntrin& t : *intrinsics) {
    if (written.insert(t.description_name).second) text += "\n\n" + function_text(t.description_name, t.description, tir);
    if (written.insert(t.implementation_name).second) text += "\n\n" + function_text(t.implementation_name, t.implementation, tir);
    text += fmt::format("\n\n{}.TensorIntrin.register(\"{}\", {}, {})\n", tir ? "tvm.tir" : "s_tir", t.name, t.description_name, t.implementation_name);
  }
  return text;
}

// TVM registers its own intrinsics where the modules that define them are imported.
std::string intrinsic_imports(const schedule::Schedule& schedule, bool tir) {
  std::set<std::string> modules;
  for (const schedule::Instruction& instruction : schedule.trace().instructions)
    for (const schedule::Value& arg : instruction.args)
      if (const std::string* name = arg.as<std::string>(); name && instruction.primitive->name == std::string_view("tensorize"))
        modules.insert(schedule::shipped_module(*name));
  modules.erase("");
  std::string text;
  for (const std::string& module : modules) text += fmt::format("from tvm.{}.tensor_intrin import {}\n", tir ? "tir" : "s_tir", module);
  return text;
}

}  // namespace

std::string to_source(const schedule::Schedule& schedule) {
  const std::string intrinsics = registrations(schedule, false);
  return (intrinsics.empty() ? "" : "from tvm import s_tir\n") + program_text(schedule.original(), false) + intrinsics;
}

std::string to_python(const schedule::Schedule& schedule, bool tir) {
  const ir::Module& original = schedule.original();
  std::string body;
  for (const std::string& line : schedule::trace_to_python(schedule.trace(), tir)) body += "  " + line + "\n";
  if (body.empty()) body = "  pass\n";
  const std::string tvm = tir ? "tvm.tir" : "s_tir";
  const std::string check = schedule.options().enable_check ? "" : ", enable_check=False";
  // `main` takes no schedule, so that the file's one schedule is apply_trace.
  return fmt::format(
      "# A schedule written by Loopglass: the program with structural hash {:016x} becomes the one with {:016x}.\n"
      "{}{}{}{}\n\n"
      "def apply_trace(sch: {}.Schedule) -> None:\n{}\n\n"
      "def main():\n"
      "  sch = {}.Schedule({}{})\n"
      "  apply_trace(sch)\n"
      "  print(sch.mod.script())\n\n\n"
      "if __name__ == \"__main__\":\n"
      "  main()\n",
      ir::structural_hash(original), ir::structural_hash(schedule.module()), tir ? "" : "from tvm import s_tir\n", intrinsic_imports(schedule, tir),
      program_text(original, tir), registrations(schedule, tir), tvm, body, tvm,
      module_name(original, tir), check);
}

std::string to_trace(const schedule::Schedule& schedule) { return schedule::trace_to_json(schedule.trace()).dump(); }

std::string to_record(const schedule::Schedule& schedule) { return schedule::database_lines(schedule); }

std::string to_script(const schedule::Schedule& schedule) { return script::print(schedule.module()).text; }

namespace {

Error mismatch(std::string what, std::string detail) {
  return fail(DiagnosticKind::ExportMismatch, fmt::format("the export is not written: {}: {}", what, detail), "this is a fault of Loopglass, please report it");
}

Result<void> same(const ir::Module& got, const ir::Module& wanted, const char* what) {
  if (ir::structural_equal(got, wanted)) return {};
  return mismatch(fmt::format("{} reads back as another program", what), ir::first_difference(got, wanted));
}

Result<void> check_replayed(const schedule::Replayed& replayed, const schedule::Schedule& schedule) {
  if (replayed.error) return mismatch(fmt::format("instruction {} ({}) is refused when read back", replayed.failed_instruction, replayed.failed_kind), replayed.error->message);
  return same(replayed.schedule.module(), schedule.module(), "the schedule");
}

Result<void> verify_python(const schedule::Schedule& schedule, std::string_view text) {
  const script::ParsedFile file = script::parse_file(text);
  if (!file.errors.empty()) return mismatch("it cannot be read back", file.errors[0].message);
  if (file.modules.size() != 1 || file.schedules.size() != 1)
    return mismatch("it reads back as something else", fmt::format("{} modules and {} schedules instead of one each", file.modules.size(), file.schedules.size()));
  TRY(same(file.modules[0].module, schedule.original(), "the program"));
  return check_replayed(schedule::replay(file.schedules[0], file.modules[0].module, schedule.replay_options()), schedule);
}

Result<void> verify_trace(const schedule::Schedule& schedule, std::string_view text) {
  const nlohmann::json trace = nlohmann::json::parse(text, nullptr, false);
  if (trace.is_discarded()) return mismatch("it cannot be read back", "it is no JSON");
  return check_replayed(schedule::replay(trace, schedule.original(), schedule.replay_options()), schedule);
}

Result<void> verify_record(const schedule::Schedule& schedule, std::string_view text) {
  const Result<schedule::Database> database = schedule::read_database(text);
  if (!database) return mismatch("it cannot be read back", database.error().message);
  if (database->workloads.size() != 1 || database->records.size() != 1)
    return mismatch("it reads back as something else", fmt::format("{} programs and {} records instead of one each", database->workloads.size(), database->records.size()));
  const Result<ir::Module>& program = database->workloads[0];
  if (!program) return mismatch("its program cannot be read back", program.error().message);
  TRY(same(*program, schedule.original(), "the program"));
  return check_replayed(schedule::replay(database->records[0].trace, *program, schedule.replay_options()), schedule);
}

Result<void> verify_script(const schedule::Schedule& schedule, std::string_view text) {
  const Result<ir::Module> module = script::parse_module(text);
  if (!module) return mismatch("it cannot be read back", module.error().message);
  return same(*module, schedule.module(), "the program");
}

}  // namespace

Result<void> verify_export(const schedule::Schedule& schedule, std::string_view text, Format format) {
  switch (format) {
    case Format::Python:
    case Format::PythonTir: return verify_python(schedule, text);
    case Format::Trace: return verify_trace(schedule, text);
    case Format::Record: return verify_record(schedule, text);
    case Format::Script: return verify_script(schedule, text);
  }
  return {};
}

}  // namespace loopglass::emit
