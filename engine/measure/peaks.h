// What one core of this machine can do at most, measured: the roof that kernels are held against.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/ir/module.h"
#include "engine/measure/machine.h"

namespace loopglass::measure {

struct Bandwidth {
  std::string level;        // "L1", "L2", "L3", "memory": where the bytes come from
  double gb_per_s = 0;      // 1e9 bytes read a second
  bool operator==(const Bandwidth&) const = default;
};

struct Peaks {
  double gflops = 0;                  // float32 multiply-adds counted as two, 1e9 a second
  std::vector<Bandwidth> bandwidths;  // the nearest level first
  bool operator==(const Peaks&) const = default;
};

// Of so many cores, for what the function's parameters are: half of it for float64. Nothing where no parameter is a float.
std::optional<double> peak_gflops(const Peaks& peaks, const ir::PrimFunc& function, int threads);

// Chains of multiply-adds in the widest vectors, independent enough to fill the units; runs of loads over half of each cache, and over memory.
// The best of several short runs each, as anything else that runs can only slow them down. Takes some 0.2 s; keep the answer.
Peaks measure_peaks(const Machine& machine);

nlohmann::ordered_json to_json(const Peaks& peaks);
// Nothing where the JSON does not have the form that to_json gives.
std::optional<Peaks> peaks_from_json(const nlohmann::json& json);

}  // namespace loopglass::measure
