// Where two versions of a program differ.
#pragma once

#include <vector>

#include "engine/schedule/place.h"

namespace loopglass::schedule {

// The same place in both: what stands elsewhere is shared.
struct ChangedPart {
  Place before, after;
};

// The smallest such part of each function that both have.
std::vector<ChangedPart> changed_parts(const ir::Module& before, const ir::Module& after);

}  // namespace loopglass::schedule
