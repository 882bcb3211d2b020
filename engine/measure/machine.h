// The machine the kernels run on: cores, caches, vector extensions, counters.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace loopglass::measure {

// A data or unified cache as one core sees it.
struct Cache {
  std::string name;       // "L1", "L2", "L3"
  int64_t bytes = 0;
  int ways = 0;           // 0: unknown
  int64_t line = 64;      // bytes
  int shared_by = 1;      // cores
  bool operator==(const Cache&) const = default;
};

struct Machine {
  std::string model;                           // "AMD EPYC 9B45 128-Core Processor"
  int cores = 1;                               // this process may use
  int64_t memory_bytes = 0;
  std::vector<Cache> caches;                   // L1 first; from sysfs, else from cpuid
  std::string caches_from;                     // "sysfs", "cpuid"; empty where neither tells
  std::vector<std::string> vector_extensions;  // "sse4.2", "avx2", "fma", "avx512f", ... narrow first
  std::vector<std::string> counters;           // "cycles", "instructions", ...: those that perf_event opens here
  std::string counters_missing;                // why there is none; empty where there are some
};

Machine read_machine();

// What `loopglass machine --json` prints; sizes in bytes.
nlohmann::ordered_json to_json(const Machine& machine);

}  // namespace loopglass::measure
