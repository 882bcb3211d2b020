#include "engine/schedule/changed_part.h"

#include "engine/schedule/tree.h"

namespace loopglass::schedule {

std::vector<ChangedPart> changed_parts(const ir::Module& before, const ir::Module& after) {
  std::vector<ChangedPart> parts;
  for (const ir::NamedFunction& was : before->functions) {
    const ir::Function now = ir::find_function(after, was.name);
    if (!now || now == was.function || !now->body || !was.function->body) continue;
    if (const auto path = ir::changed_part(was, {was.name, now})) parts.push_back({*place_at(before, *path), *place_at(after, *path)});
  }
  return parts;
}

}  // namespace loopglass::schedule
