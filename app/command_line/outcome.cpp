#include "app/command_line/outcome.h"

#include "app/command_line/input.h"

namespace loopglass::app {

Outcome run_to_end(measure::Client& client, measure::Request request) {
  Outcome outcome;
  const uint64_t id = client.submit(std::move(request));
  while (true) {
    for (measure::Event& event : client.wait(std::chrono::milliseconds(1000))) {
      if (event.request != id) continue;
      if (auto* compiled = std::get_if<measure::Compiled>(&event.what)) outcome.compiled = std::move(*compiled);
      if (auto* verified = std::get_if<measure::Verified>(&event.what)) outcome.verified = std::move(*verified);
      if (auto* error = std::get_if<Diagnostic>(&event.what)) {
        outcome.error = std::move(*error);
        return outcome;
      }
      if (auto* timed = std::get_if<measure::Timed>(&event.what)) {
        outcome.timed = std::move(*timed);
        if (outcome.timed->final) return outcome;
      }
    }
  }
}

int exit_code_of(const Diagnostic& error) {
  switch (error.kind) {
    case DiagnosticKind::KernelAssertion:
    case DiagnosticKind::KernelCrash:
    case DiagnosticKind::KernelDeadline:
    case DiagnosticKind::KernelDivideByZero:
    case DiagnosticKind::KernelLimit:
    case DiagnosticKind::KernelMemory:
    case DiagnosticKind::KernelOutOfBounds:
    case DiagnosticKind::KernelWrongResult: return kKernelFailed;
    default: return kInputWrong;
  }
}

}  // namespace loopglass::app
