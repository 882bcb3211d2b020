#include "engine/schedule/changed_number.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/interp/interpreter.h"
#include "engine/ir/op.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/soundness.h"

namespace loopglass::schedule {
namespace {

const interp::Limits kInAMoment{.max_steps = 3'000'000, .max_bytes = int64_t{64} << 20, .stop = {}};

// `a` is the number before. Sums in another order differ by rounding: that is no change.
bool same(ir::DataType type, double a, double b) {
  if (a == b || std::isnan(a)) return true;   // what was not written before is no result
  const double tolerance = !type.is_float() ? 0 : type.bits <= 16 ? 2e-2 : 1e-4;
  return std::fabs(a - b) <= tolerance * std::max(1.0, std::fabs(a));
}

std::vector<int64_t> index_of(const std::vector<int64_t>& shape, int64_t flat) {
  std::vector<int64_t> index(shape.size());
  for (size_t d = shape.size(); d-- > 0; flat /= shape[d]) index[d] = flat % shape[d];
  return index;
}

std::string text_of(const interp::Tensor& tensor, int64_t i) {
  return tensor.dtype.is_float() ? fmt::format("{:.6g}", tensor.at(i)) : fmt::format("{}", tensor.int_at(i));
}

std::optional<std::string> difference(const ir::PrimFunc& function, const std::vector<interp::Tensor>& before, const std::vector<interp::Tensor>& after) {
  for (size_t p = 0; p < before.size(); ++p)
    for (int64_t i = 0; i < before[p].size(); ++i)
      if (!same(before[p].dtype, before[p].at(i), after[p].at(i)))
        return fmt::format("{}[{}] would be {} instead of {}", function.params[p].buffer->name, fmt::join(index_of(before[p].shape, i), ", "), text_of(after[p], i),
                           text_of(before[p], i));
  return std::nullopt;
}

// A program's own faults are no change; what cannot be run says nothing.
bool is_fault(DiagnosticKind kind) {
  return kind == DiagnosticKind::KernelOutOfBounds || kind == DiagnosticKind::KernelDivideByZero || kind == DiagnosticKind::KernelAssertion;
}

// What the second program does otherwise than the first on the same seeded inputs.
struct Change {
  std::optional<std::string> number;    // of changed_number
  std::optional<std::string> fault;     // or why it stops, where the first one does not
};

std::optional<Change> change(const ir::Function& before, const ir::Function& after, const interp::Limits& limits, uint64_t seed = 1) {
  Result<std::vector<interp::Tensor>> arguments = interp::make_arguments(before, seed, limits.max_bytes);
  if (!arguments) return std::nullopt;
  std::vector<interp::Tensor> was = *arguments, is = *std::move(arguments);
  if (!interp::run(before, was, limits)) return std::nullopt;
  const Result<void> ran = interp::run(after, is, limits);
  if (!ran && is_fault(ran.error().kind)) return Change{std::nullopt, ran.error().message};
  if (!ran) return std::nullopt;
  if (auto number = difference(*before, was, is)) return Change{std::move(number), std::nullopt};
  return std::nullopt;
}

constexpr int64_t kSmall = 100'000;
constexpr uint64_t kSeeds = 3;   // inputs: of one, a number that is lost may happen to be 0

// The stores and iterations of a statement, about; more than `budget` is as good as infinite.
int64_t work(const ir::Stmt& root, int64_t budget) {
  int64_t total = 0;
  ir::for_each_stmt(root, [&](const ir::Stmt& s) {
    if (total > budget) return false;
    ++total;
    const ir::For* loop = ir::as<ir::For>(s);
    if (!loop) return true;
    const int64_t extent = std::max<int64_t>(ir::as_int(loop->extent).value_or(4), 1);
    const int64_t body = work(loop->body, budget / extent);
    total = body > budget / extent ? budget + 1 : total + extent * body;
    return false;
  });
  return total;
}

bool is_small(const ir::Function& function, int64_t most) { return function->body && work(function->body, most) <= most; }

}  // namespace

std::optional<std::string> changed_number(const ir::Module& before, const ir::Module& after) {
  for (const ir::NamedFunction& f : before->functions) {
    const ir::Function now = ir::find_function(after, f.name);
    if (!now || now == f.function || !is_small(f.function, kInAMoment.max_steps) || !is_small(now, kInAMoment.max_steps)) continue;
    if (auto found = change(f.function, now, kInAMoment); found && found->number) return found->number;
  }
  return std::nullopt;
}

std::optional<Diagnostic> changed_results(const ir::Module& before, const ir::Module& after, const char* primitive) {
  const interp::Limits limits{.max_steps = 10 * kSmall, .max_bytes = int64_t{1} << 20, .stop = {}};
  for (const ir::NamedFunction& f : before->functions) {
    const ir::Function now = ir::find_function(after, f.name);
    if (!now || now == f.function || !is_small(f.function, kSmall) || !is_small(now, 10 * kSmall)) continue;
    std::optional<Change> found;
    for (uint64_t seed = 1; seed <= kSeeds && !found; ++seed) found = change(f.function, now, limits, seed);
    if (!found) continue;
    return unsound_step(DiagnosticKind::ChangedResults, found->number ? fmt::format("after {}, {}", primitive, *found->number)
                                                                      : fmt::format("after {} the program would stop: {}", primitive, *found->fault));
  }
  return std::nullopt;
}

}  // namespace loopglass::schedule
