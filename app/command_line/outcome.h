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

}  // namespace loopglass::app
