#include "engine/schedule/lost_writes.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/schedule/dependence.h"
#include "engine/schedule/soundness.h"

namespace loopglass::schedule {
namespace {

using Indices = std::set<std::vector<int64_t>>;

// What is written of the buffer in an iteration around the scope; nothing where not all of it is known.
std::optional<Indices> written(const Place& scope, const ir::Buffer& buffer, int64_t nth) {
  Indices indices;
  const WalkEnd end = walk_accesses(scope.stmt(), iterations(scope, nth), {30000}, [&](const Access& access, const Bindings&) {
    if (access.is_write && access.known && access.buffer == buffer.get()) indices.insert(access.index);
    return true;
  });
  return end == WalkEnd::Complete ? std::optional(std::move(indices)) : std::nullopt;
}

bool is_outside(const std::vector<int64_t>& index, const ir::Buffer& buffer) {
  for (size_t d = 0; d < index.size(); ++d)
    if (const auto extent = ir::as_int(buffer->shape[d]); extent && (index[d] < 0 || index[d] >= *extent)) return true;
  return false;
}

}  // namespace

std::optional<Diagnostic> lost_writes(const Place& scope, const ir::Module& after, const ir::Buffer& buffer, const char* primitive) {
  const auto now = place_at(after, scope.path());
  for (int64_t nth = 0; now && nth < 2; ++nth) {
    const auto was = written(scope, buffer, nth), is = written(*now, buffer, nth);
    if (!was || !is) continue;
    const auto element = [&](const std::vector<int64_t>& index) { return fmt::format("{}[{}]", buffer->name, fmt::join(index, ", ")); };
    const auto lost = std::ranges::find_if(*was, [&](const auto& index) { return !is->contains(index); });
    if (lost != was->end())
      return unsound_step(DiagnosticKind::LostIterations, fmt::format("{} would leave {} unwritten", primitive, element(*lost)), {label(scope, "")});
    const auto outside = std::ranges::find_if(*is, [&](const auto& index) { return is_outside(index, buffer); });
    if (outside != is->end())
      return unsound_step(DiagnosticKind::UncoveredRead, fmt::format("{} would write {}, which is not there", primitive, element(*outside)), {label(scope, "")});
  }
  return std::nullopt;
}

}  // namespace loopglass::schedule
