// Blocks become plain statements: their axes the values they are bound to, their predicate and init conditions, their regions nothing.
//
// Before:                                     After:
//   for i, k in T.grid(8, 16):                  for i in range(8):
//     with T.sblock("Y"):                         for k in range(16):
//       vi, vk = T.axis.remap("SR", [i, k])         if k == 0:
//       T.where(i < 7)                                Y[i] = 0       # both in `if i < 7`
//       with T.init():                              Y[i] = Y[i] + A[i, k]
//         Y[vi] = 0
//       Y[vi] = Y[vi] + A[vi, vk]
// Buffers that a block allocates stand in AllocBuffer around its statements; accesses of a match_buffer are accesses of its source.
#pragma once

#include "engine/lower/lower.h"

namespace loopglass::lower {

// `name`: the function's. Every statement but Seq stands in make_origin (checks.h).
// Errors: UnsupportedOperation (a match_buffer of another type or of more dimensions than its source).
Result<Lowered> inline_blocks(const ir::Function& function, const std::string& name);

}  // namespace loopglass::lower
