// The calls of a case that was recorded while TVM's own tests ran (shared/conformance/tvm-cases.jsonl), carried out here.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/schedule/schedule.h"

namespace loopglass::tests {

struct RecordedRun {
  schedule::Schedule schedule;
  int failed_call = -1;                  // the index of the call that was refused
  std::optional<Diagnostic> error;
  int differing_call = -1;               // the first call after which the text is not TVM's
};

// Requires: `test_case["calls"]` names primitives of ours alone.
RecordedRun run_recorded_calls(const nlohmann::json& test_case, const ir::Module& initial);

// The program that TVM's own trace of the case gives, where calls are missing among those recorded; nothing where it cannot be carried out.
std::optional<ir::Module> run_recorded_trace(const nlohmann::json& test_case, const ir::Module& initial);

// A recorded text as it is printed once it has been read. The texts of a case differ from that where TVM printed what a text cannot hold
// (axes whose domains have other types than their loops): its first program does not come back as it was, from TVM either.
std::string recorded_text(const nlohmann::json& test_case, const ir::Module& initial, const std::string& text);

// Without the header's comment lines and without blank lines.
std::string significant_lines(const std::string& script);

}  // namespace loopglass::tests
