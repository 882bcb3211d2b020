// Loops are cut where a condition on their variable starts or ceases to hold, so that their main part is free of it.
//
// Before:                                    After:
//   for i_0 in range(32):                      for i_0 in range(31):
//     for i_1 in range(32):                      for i_1 in range(32):
//       if i_0 * 32 + i_1 < 1000:                  C[i_0 * 32 + i_1] = ...
//         C[i_0 * 32 + i_1] = ...              for i_0 in range(31, 32):
//                                                for i_1 in range(8):
//                                                  C[i_0 * 32 + i_1] = ...
// A T.parallel loop stays one loop, with `if i_0 < 31` inside. What stays undecided, and does not change in a loop, is tested before it.
// Iterations keep their order. Conditions that would double a loop and be decided in less than half of it are left alone, and so is
// everything once the function has grown by kMostAddedStores.
#pragma once

#include "engine/ir/stmt.h"

namespace loopglass::lower {

inline constexpr int kMostAddedStores = 32;
// The annotation of loops in parts with few of the iterations: no time is well spent on making them faster.
inline constexpr const char* kRunsRarely = "runs_rarely";

// Requires: no blocks; every access has been checked (check_bounds.h).
ir::Stmt partition_loops(const ir::Stmt& body);

}  // namespace loopglass::lower
