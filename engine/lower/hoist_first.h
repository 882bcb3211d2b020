// What a loop does only in its first iteration, and there before everything else, is done before the loop: the init of a reduction.
//
// Before:                                    After:
//   for k_0 in range(32):                      Y[i] = 0
//     for k_1 in range(4):                     for k_0 in range(32):
//       if k_0 * 4 + k_1 == 0:                   for k_1 in range(4):
//         Y[i] = 0                                 Y[i] = Y[i] + A[k_0 * 4 + k_1]
//       Y[i] = Y[i] + A[k_0 * 4 + k_1]
//
// A sum in a loop without branches can stay in a register. Where another loop lies between, the test comes out as far as that one.
#pragma once

#include "engine/ir/stmt.h"

namespace loopglass::lower {

// Requires: no blocks.
ir::Stmt hoist_first(const ir::Stmt& body);

}  // namespace loopglass::lower
