#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/command_line/commands.h"
#include "app/model/known_peaks.h"
#include "engine/measure/machine.h"

namespace loopglass::app {

namespace {
std::string to_text(const measure::Machine& machine, const measure::Peaks& peaks) {
  std::string text = fmt::format("{}\ncores: {}, memory: {:.1f} GiB\n", machine.model, machine.cores, machine.memory_bytes / double(1 << 30));
  for (const measure::Cache& cache : machine.caches)
    text += fmt::format("{}: {} KiB, {} ways, {} byte lines, shared by {}\n", cache.name, cache.bytes >> 10, cache.ways, cache.line, cache.shared_by);
  text += fmt::format("vector extensions: {}\n", fmt::join(machine.vector_extensions, " "));
  text += fmt::format("peak: {:.1f} GFLOP/s of a core (float32 multiply-adds)\nbandwidth of a core:", peaks.gflops);
  for (const measure::Bandwidth& b : peaks.bandwidths) text += fmt::format(" {} {:.0f} GB/s", b.level, b.gb_per_s);
  text += "\n";
  return text + (machine.counters.empty() ? fmt::format("hardware counters: none ({})\n", machine.counters_missing)
                                          : fmt::format("hardware counters: {}\n", fmt::join(machine.counters, " ")));
}
}  // namespace

int machine_command(bool json) {
  const measure::Machine machine = measure::read_machine();
  const measure::Peaks peaks = measure_and_keep_peaks(machine);
  nlohmann::ordered_json all = measure::to_json(machine);
  all.update(measure::to_json(peaks));
  fmt::print("{}", json ? all.dump(1) + "\n" : to_text(machine, peaks));
  return kDone;
}

}  // namespace loopglass::app
