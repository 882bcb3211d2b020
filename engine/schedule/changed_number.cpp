#include "engine/schedule/changed_number.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/interp/interpreter.h"

namespace loopglass::schedule {
namespace {

const interp::Limits kInAMoment{.max_steps = 3'000'000, .max_bytes = int64_t{64} << 20, .stop = {}};

// Sums in another order differ by rounding: that is no change.
bool same(ir::DataType type, double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return true;
  const double tolerance = !type.is_float() ? 0 : type.bits <= 16 ? 2e-2 : 1e-4;
  return std::fabs(a - b) <= tolerance * std::max(1.0, std::fabs(a));
}

std::vector<int64_t> index_of(const std::vector<int64_t>& shape, int64_t flat) {
  std::vector<int64_t> index(shape.size());
  for (size_t d = shape.size(); d-- > 0; flat /= shape[d]) index[d] = flat % shape[d];
  return index;
}

std::optional<std::string> difference(const ir::PrimFunc& function, const std::vector<interp::Tensor>& before, const std::vector<interp::Tensor>& after) {
  for (size_t p = 0; p < before.size(); ++p)
    for (int64_t i = 0; i < before[p].size(); ++i)
      if (!same(before[p].dtype, before[p].at(i), after[p].at(i)))
        return fmt::format("{}[{}] would be {:.6g} instead of {:.6g}", function.params[p].buffer->name, fmt::join(index_of(before[p].shape, i), ", "), after[p].at(i),
                           before[p].at(i));
  return std::nullopt;
}

}  // namespace

std::optional<std::string> changed_number(const ir::Module& before, const ir::Module& after) {
  for (const ir::NamedFunction& f : before->functions) {
    const ir::Function now = ir::find_function(after, f.name);
    if (!now || now == f.function) continue;
    Result<std::vector<interp::Tensor>> arguments = interp::make_arguments(f.function, 1, kInAMoment.max_bytes);
    if (!arguments) continue;
    std::vector<interp::Tensor> was = *arguments, is = *std::move(arguments);
    if (!interp::run(f.function, was, kInAMoment) || !interp::run(now, is, kInAMoment)) continue;
    if (auto found = difference(*f.function, was, is)) return found;
  }
  return std::nullopt;
}

}  // namespace loopglass::schedule
