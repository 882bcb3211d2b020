// A request to the worker, waited for.
#pragma once

#include <optional>

#include "engine/measure/client.h"

namespace loopglass::app {

// All that the worker said of one function.
struct Outcome {
  measure::Compiled compiled;
  std::optional<measure::Verified> verified;
  std::optional<measure::Timed> timed;
  std::optional<Diagnostic> error;
};

Outcome run_to_end(measure::Client& client, measure::Request request);

// What is wrong with the request is the input's fault; what went wrong while the kernel ran is the kernel's.
int exit_code_of(const Diagnostic& error);

}  // namespace loopglass::app
