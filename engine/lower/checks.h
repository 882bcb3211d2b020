// The run-time checks that lowering leaves in a program, as calls that the code generator knows.
#pragma once

#include "engine/ir/stmt.h"

namespace loopglass::lower {

// Evaluate(Call(void, "check_bounds", {condition, StringImm(buffer), index...})): where the condition is false the kernel ends with
// KernelOutOfBounds, naming the buffer and the values of the indices.
inline constexpr const char* kCheckBounds = "check_bounds";
// Evaluate(Call(void, "check_divisor", {condition})): where the condition is false the kernel ends with KernelDivideByZero.
inline constexpr const char* kCheckDivisor = "check_divisor";
// AttrStmt(key "origin", value IntImm(id)): see Lowered::origins.
inline constexpr const char* kOrigin = "origin";

// AttrStmt(key "nontemporal_store"): stores of the body need not stay in the caches. Comes from an annotation of that name, not 0, of a block or loop.
inline constexpr const char* kNontemporal = "nontemporal_store";

ir::Stmt make_bounds_check(ir::Expr condition, const ir::Buffer& buffer, std::vector<ir::Expr> indices);
ir::Stmt make_divisor_check(ir::Expr condition);
ir::Stmt make_origin(int64_t id, ir::Stmt body);

}  // namespace loopglass::lower
