#include <fmt/format.h>

#include "app/command_line/commands.h"
#include "engine/script/printer.h"

namespace loopglass::app {

namespace {
script::Dialect dialect_named(const std::string& name) { return name == "tir" ? script::Dialect::Tir : script::Dialect::STir; }

void put(const ir::Module& module, const std::string& dialect) {
  const std::string text = script::print(module, {.dialect = dialect_named(dialect)}).text;
  fmt::print("{}{}", text, text.ends_with('\n') ? "" : "\n");
}
}  // namespace

int print_command(const PrintOptions& options) {
  InputOptions input = options.input;
  input.schedule = "none";
  put(load_program(input).schedule.module(), options.dialect);
  return kDone;
}

int replay_command(const PrintOptions& options) {
  put(load_program(options.input).schedule.module(), options.dialect);
  return kDone;
}

}  // namespace loopglass::app
