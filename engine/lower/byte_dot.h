// Sums of products of bytes, four at a time: what some CPUs have one instruction for (VNNI), as one operator.
//   Before: for k in range(4):  C[0:n] = C[0:n] + int32(A[a + k]) * int32(B[b + k : b + k + 4 n : 4])
//   After:  C[0:n] = byte_dot(C[0:n], A[a : a + 4], B[b : b + 4 n])
// where one of A and B is uint8 and the other int8. The sums are the same: integers wrap.
#pragma once

#include "engine/ir/stmt.h"

namespace loopglass::lower {

// Call(int32xn, "byte_dot", {sum, four bytes, 4 n bytes}).
inline constexpr const char* kByteDot = "byte_dot";

// Requires: vectorize_loops has run.
ir::Stmt find_byte_dots(const ir::Stmt& body);

}  // namespace loopglass::lower
