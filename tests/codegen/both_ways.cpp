#include "tests/codegen/both_ways.h"

#include <fmt/format.h>

#include <cmath>

#include "engine/interp/interpreter.h"

namespace loopglass::codegen {

Outcome interpret(const ir::Function& function, std::vector<interp::Tensor> arguments) {
  const Result<void> result = interp::run(function, arguments);
  if (!result) return {{}, result.error()};
  return {std::move(arguments), {}};
}

Outcome run_compiled(Compiler& compiler, const ir::Function& function, std::vector<interp::Tensor> arguments, const Way& way) {
  const auto lowered = lower::lower(function, "f", way.lower);
  if (!lowered) return {{}, lowered.error()};
  const auto kernel = compiler.compile(*lowered, way.compile, way.runtime);
  if (!kernel) return {{}, kernel.error()};
  std::vector<void*> pointers;
  for (interp::Tensor& tensor : arguments) pointers.push_back(tensor.bytes.data());
  const Status status = (*kernel)->call(pointers.data());
  if (!status.ok()) return {{}, (*kernel)->diagnose(status)};
  return {std::move(arguments), {}};
}

namespace {
bool is_close(double a, double b, double tolerance) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) == std::isnan(b);
  if (a == b) return true;
  return std::abs(a - b) <= tolerance * std::max({std::abs(a), std::abs(b), 1.0});
}
}  // namespace

std::string difference(const Outcome& expected, const Outcome& got, double tolerance) {
  if (expected.error || got.error) {
    if (expected.error && got.error && expected.error->kind == got.error->kind) return {};
    const auto said = [](const Outcome& o) { return o.error ? fmt::format("{}: {}", to_string(o.error->kind), o.error->message) : "a result"; };
    return fmt::format("expected {}, got {}", said(expected), said(got));
  }
  for (size_t i = 0; i < expected.arguments.size(); ++i) {
    const interp::Tensor& a = expected.arguments[i];
    const interp::Tensor& b = got.arguments[i];
    for (int64_t e = 0; e < a.size(); ++e) {
      const bool same = a.dtype.is_float() ? is_close(a.at(e), b.at(e), tolerance) : a.int_at(e) == b.int_at(e);
      if (!same) return fmt::format("argument {} element {}: expected {}, got {}", i, e, a.at(e), b.at(e));
    }
  }
  return {};
}

}  // namespace loopglass::codegen
