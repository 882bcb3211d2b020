#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/command_line/commands.h"
#include "engine/measure/machine.h"

namespace loopglass::app {

namespace {
std::string to_text(const measure::Machine& machine) {
  std::string text = fmt::format("{}\ncores: {}, memory: {:.1f} GiB\n", machine.model, machine.cores, machine.memory_bytes / double(1 << 30));
  for (const measure::Cache& cache : machine.caches)
    text += fmt::format("{}: {} KiB, {} ways, {} byte lines, shared by {}\n", cache.name, cache.bytes >> 10, cache.ways, cache.line, cache.shared_by);
  text += fmt::format("vector extensions: {}\n", fmt::join(machine.vector_extensions, " "));
  return text + (machine.counters.empty() ? fmt::format("hardware counters: none ({})\n", machine.counters_missing)
                                          : fmt::format("hardware counters: {}\n", fmt::join(machine.counters, " ")));
}
}  // namespace

int machine_command(bool json) {
  const measure::Machine machine = measure::read_machine();
  fmt::print("{}", json ? measure::to_json(machine).dump(1) + "\n" : to_text(machine));
  return kDone;
}

}  // namespace loopglass::app
