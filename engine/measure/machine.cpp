#include "engine/measure/machine.h"

#include <sched.h>
#include <sys/sysinfo.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/measure/cpu_caches.h"
#include "engine/measure/perf_counters.h"

namespace loopglass::measure {
namespace {

// The value of the first "key : value" line of /proc/cpuinfo.
std::string cpuinfo(std::string_view key) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(key))
      if (const size_t at = line.find(": "); at != std::string::npos) return line.substr(at + 2);
  return {};
}

int usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof set, &set) == 0 ? std::max(1, CPU_COUNT(&set)) : 1;
}

std::vector<std::string> vector_extensions() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_cpu_init();
  std::vector<std::string> found;
#define LOOPGLASS_EXTENSION(name) \
  if (__builtin_cpu_supports(name)) found.emplace_back(name)
  LOOPGLASS_EXTENSION("sse2");
  LOOPGLASS_EXTENSION("sse4.2");
  LOOPGLASS_EXTENSION("avx");
  LOOPGLASS_EXTENSION("avx2");
  LOOPGLASS_EXTENSION("fma");
  LOOPGLASS_EXTENSION("avx512f");
  LOOPGLASS_EXTENSION("avx512bw");
  LOOPGLASS_EXTENSION("avx512dq");
  LOOPGLASS_EXTENSION("avx512vl");
  LOOPGLASS_EXTENSION("avx512vnni");
  LOOPGLASS_EXTENSION("avx512bf16");
#undef LOOPGLASS_EXTENSION
  return found;
#elif defined(__aarch64__)
  return {"neon"};
#else
  return {};
#endif
}

void probe_counters(Machine& machine) {
  int first_error = 0;
  for (const PerfCounter& counter : perf_counters()) {
    if (open_counter(counter)) machine.counters.emplace_back(counter.name);
    else if (first_error == 0) first_error = errno;
  }
  if (machine.counters.empty()) machine.counters_missing = why_no_counter(first_error);
}

}  // namespace

Machine read_machine() {
  Machine machine;
  machine.model = cpuinfo("model name");
  machine.cores = usable_cores();
  struct sysinfo info {};
  if (::sysinfo(&info) == 0) machine.memory_bytes = static_cast<int64_t>(info.totalram) * info.mem_unit;
  machine.caches_from = "sysfs";
  machine.caches = caches_from_sysfs("/sys/devices/system/cpu/cpu0");
  if (machine.caches.empty()) {
    machine.caches = caches_from_cpuid();
    machine.caches_from = machine.caches.empty() ? "" : "cpuid";
  }
  machine.vector_extensions = vector_extensions();
  probe_counters(machine);
  return machine;
}

nlohmann::ordered_json to_json(const Machine& machine) {
  using Json = nlohmann::ordered_json;
  Json caches = Json::array();
  for (const Cache& cache : machine.caches)
    caches.push_back({{"name", cache.name}, {"bytes", cache.bytes}, {"ways", cache.ways}, {"line", cache.line}, {"shared_by", cache.shared_by}});
  Json json = {{"model", machine.model},
               {"cores", machine.cores},
               {"memory_bytes", machine.memory_bytes},
               {"caches", caches},
               {"caches_from", machine.caches_from},
               {"vector_extensions", machine.vector_extensions},
               {"counters", machine.counters}};
  if (!machine.counters_missing.empty()) json["counters_missing"] = machine.counters_missing;
  return json;
}

}  // namespace loopglass::measure
