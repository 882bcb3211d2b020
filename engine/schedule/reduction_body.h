// What a reduction block does to each of its buffers, and with which registered reducer: what rfactor needs to know of a body.
#pragma once

#include "engine/schedule/reducer.h"
#include "engine/schedule/tree.h"

namespace loopglass::schedule {

// buffer[indices] = value
struct ReductionUpdate {
  ir::Buffer buffer;
  std::vector<ir::Expr> indices;
  ir::Expr value;
};

// One update a buffer, in the order of the body's lets, which are resolved.
struct ReductionBody {
  std::vector<ReductionUpdate> updates;
  MatchedReducer reducer;
};

// Errors: RFactorNotApplicable where init or body are not plain stores, or do not fit each other; NoMatchedReducer.
Result<ReductionBody> reduction_body(const Place& block);

}  // namespace loopglass::schedule
