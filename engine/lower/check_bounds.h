// Every access in bounds, every divisor other than zero: proved, or checked where the program runs.
//
// Before:                       After:
//   B[i] = A[I[i]] // D[i]        check_bounds(0 <= I[i] and I[i] < 8, "A", I[i])
//                                 check_divisor(D[i] != 0)
//                                 B[i] = A[I[i]] // D[i]
// The conditions around an access count: of loops, if, T.if_then_else, and, or. A T.Select whose sides need its condition to be safe becomes a
// T.if_then_else; one that does not need to branch becomes a T.Select.
#pragma once

#include "engine/ir/stmt.h"

namespace loopglass::lower {

// Requires: no blocks, constant shapes.
ir::Stmt check_bounds(const ir::Stmt& body);

}  // namespace loopglass::lower
