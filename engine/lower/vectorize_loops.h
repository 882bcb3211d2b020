// T.vectorized loops become vector statements.
//
// Before:                                    After:
//   for j in T.vectorized(4):                  B[T.Ramp(i * 4, 1, 4)] = A[T.Ramp(i * 4, 1, 4)] + T.Broadcast(x, 4)
//     B[i * 4 + j] = A[i * 4 + j] + x
// Statement by statement: one that cannot be a vector (a condition that differs between lanes, a while, an accumulation over the lanes) runs lane
// by lane instead. Loops of more than kMostLanes are cut into vectors of that many and one of what is left. Of nested vectorized loops the innermost
// becomes a vector, the others run serially.
#pragma once

#include "engine/ir/stmt.h"

namespace loopglass::lower {

inline constexpr int kMostLanes = 64;

// Requires: no blocks; bounds checked (check_bounds.h), so that what a condition guards is known.
ir::Stmt vectorize_loops(const ir::Stmt& body);

}  // namespace loopglass::lower
