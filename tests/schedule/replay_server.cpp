// Carries out schedules for tests/oracle/differential.py, which compares them with TVM's: one request a line on standard input, one
// answer a line on standard output, JSON both.
//
//   {"primitives": true}  ->  {"primitives": ["split", ...]}
//   {"program": "@I.ir_module...", "head": "sch = tvm.s_tir.Schedule(Module)", "steps": ["sch.split(...)\n", ...], "accepted": [true, ...]}
//     ->  {"initial": text, "trace": TVM's JSON, "steps": [{"text": ..., "warnings": [kind, ...]} or {"error": kind, "message": ...}, ...]}
//     or  {"error": kind, "message": ...} where the program itself is not understood.
//
// `accepted` is TVM's opinion of each step: later steps are applied after those that it took, whatever we say of the others. A step that
// TVM took and we refuse ends the answer: nothing after it could be compared.
#include <iostream>

#include <nlohmann/json.hpp>

#include "engine/schedule/replay.h"
#include "tests/schedule/schedule_case.h"

namespace loopglass::tests {
namespace {

using nlohmann::json;

json to_json(const Diagnostic& diagnostic) { return {{"error", to_string(diagnostic.kind)}, {"message", diagnostic.message}}; }

// `trace`: set where the step is applied.
json to_json(const schedule::Replayed& replayed, json& trace) {
  if (replayed.error) return to_json(*replayed.error);
  trace = schedule::trace_to_json(replayed.schedule.trace());
  json warnings = json::array();
  for (const Diagnostic& warning : replayed.warnings) warnings.push_back(to_string(warning.kind));
  return {{"text", to_text(replayed.schedule.module())}, {"warnings", std::move(warnings)}};
}

json step_outcome(const std::string& source, const ir::Module& module, json& trace) {
  const script::ParsedFile file = script::parse_file(source);
  if (!file.errors.empty()) return to_json(file.errors.front());
  if (file.schedules.size() != 1) return {{"error", "NoSchedule"}, {"message", "no schedule statements"}};
  return to_json(schedule::replay(file.schedules.front(), module, {.trust = true}), trace);
}

json play(const json& request) {
  const std::string program = request["program"];
  const Result<ir::Module> module = script::parse_module(program);
  if (!module) return to_json(module.error());
  json answer = {{"initial", to_text(*module)}, {"steps", json::array()}};
  std::string taken = request["head"].get<std::string>() + "\n";
  for (size_t i = 0; i < request["steps"].size(); ++i) {
    const std::string source = taken + request["steps"][i].get<std::string>();
    json outcome = step_outcome(source, *module, answer["trace"]);
    const bool refused = outcome.contains("error"), accepted = request["accepted"][i];
    answer["steps"].push_back(std::move(outcome));
    if (accepted && refused) break;
    if (accepted) taken = source;
  }
  return answer;
}

json primitive_names() {
  json names = json::array();
  for (const schedule::PrimitiveSpec* primitive : schedule::primitives()) names.push_back(primitive->name);
  return {{"primitives", std::move(names)}};
}

void serve() {
  for (std::string line; std::getline(std::cin, line);) {
    const json request = json::parse(line);
    std::cout << (request.contains("primitives") ? primitive_names() : play(request)).dump() << std::endl;
  }
}

}  // namespace
}  // namespace loopglass::tests

int main() {
  loopglass::tests::serve();
  return 0;
}
