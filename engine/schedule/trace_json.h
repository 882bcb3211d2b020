// Reading TVM's trace JSON, an instruction at a time: what replay needs of it.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/schedule/primitive.h"

namespace loopglass::schedule {

// The random variables that a trace's names stand for.
using NamedValues = std::map<std::string, Value>;

struct JsonInstruction {
  const PrimitiveSpec* primitive = nullptr;
  std::vector<Value> args;             // in the order of the primitive's parameters
  std::vector<std::string> outputs;    // names for what it gives
};

// Errors: BadArgument where it is not [instructions, decisions].
Result<void> check_trace_shape(const nlohmann::json& trace);
// What sampling instructions drew, by the instruction's number. Requires: the shape of a trace. Errors: BadArgument.
Result<std::map<size_t, nlohmann::json>> read_decisions(const nlohmann::json& trace);
// `decision`: what it drew; null where nothing is known of it.
// Errors: BadArgument (shape, an unknown name, missing or surplus inputs), UnknownPrimitive.
Result<JsonInstruction> read_instruction(const nlohmann::json& instruction, const NamedValues& names, const nlohmann::json* decision = nullptr);

}  // namespace loopglass::schedule
