// Names of vectors (`v: T.int32x16 = ...`) become values: TVMScript reads such a name as a buffer of one vector, which code generation has no memory for.
//   Before: v = alloc_buffer((1,), "int32x16");  v[0] = A[0:16];  B[0:16] = v[0] + v[0]
//   After:  let v = A[0:16]:  B[0:16] = v + v
#pragma once

#include "engine/ir/stmt.h"

namespace loopglass::lower {

// Those that are stored to once, at the beginning of their scope; others stay.
ir::Stmt let_vectors(const ir::Stmt& body);

}  // namespace loopglass::lower
