// Values of elements that are told by two versions, or by a moment.
#pragma once

#include "app/model/instant.h"
#include "engine/locality/access.h"

namespace loopglass::report {

inline constexpr int64_t kInNeither = INT64_MIN;

// How much more each element has now than before; kInNeither where both are negative (never touched). `before` may be empty: of a buffer that there was not.
locality::ElementCounts differences(locality::ElementCounts now, locality::ElementCounts before);

// How near each element is at a moment: 0 in memory alone, 1 in the farthest level, as many as there are levels in the nearest. `buffer`: by index into `access`.
locality::ElementCounts nearness(const locality::Access& access, size_t buffer, std::shared_ptr<const app::Instant> moment);

}  // namespace loopglass::report
