// Buffers are allocated at the lowest place that holds all their accesses, and there have the size that this place needs.
//
// Before:                                    After:
//   Y = T.alloc_buffer((128, 128))             for i in range(128):
//   for i in range(128):                         for j_0 in range(32):
//     for j_0 in range(32):                        Y = T.alloc_buffer((1, 4))
//       for j_1 in range(4):                       for j_1 in range(4):
//         Y[i, j_0 * 4 + j_1] = ...                  Y[0, j_1] = ...
//       for j_1 in range(4):                       for j_1 in range(4):
//         C[i, j_0 * 4 + j_1] = Y[...]               C[i, j_0 * 4 + j_1] = Y[0, j_1]
// A buffer moves into a loop only where each iteration is seen to write every element before it reads it, so that nothing is carried from one
// iteration to the next; it shrinks only to bounds that hold. Whatever cannot be seen stays as it is.
#pragma once

#include "engine/ir/stmt.h"

namespace loopglass::lower {

// Requires: no blocks; every access has been checked against the full shape (check_bounds.h).
ir::Stmt place_allocations(const ir::Stmt& body);

}  // namespace loopglass::lower
