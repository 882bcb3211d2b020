#include "app/model/known_peaks.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "app/model/files.h"
#include "app/model/places.h"

namespace loopglass::app {
namespace {

std::filesystem::path file() { return cache_directory() / "peaks.json"; }

// The CPU, its caches and extensions: peaks of another one are of no use.
std::string key_of(const measure::Machine& machine) {
  nlohmann::ordered_json json = measure::to_json(machine);
  for (const char* unrelated : {"cores", "memory_bytes", "counters", "counters_missing"}) json.erase(unrelated);
  return json.dump();
}

}  // namespace

measure::Peaks known_peaks(const measure::Machine& machine) {
  std::ifstream in(file());
  const auto kept = nlohmann::json::parse(in, nullptr, false);
  if (kept.is_object() && kept.value("machine", "") == key_of(machine))
    if (auto peaks = measure::peaks_from_json(kept.value("peaks", nlohmann::json()))) return *std::move(peaks);
  return measure_and_keep_peaks(machine);
}

measure::Peaks measure_and_keep_peaks(const measure::Machine& machine) {
  measure::Peaks peaks = measure::measure_peaks(machine);
  const nlohmann::ordered_json json{{"machine", key_of(machine)}, {"peaks", measure::to_json(peaks)}};
  std::error_code error;
  std::filesystem::create_directories(cache_directory(), error);
  (void)write_file(file(), json.dump(1) + "\n");   // what cannot be kept is measured again
  return peaks;
}

}  // namespace loopglass::app
