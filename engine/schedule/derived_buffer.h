// A buffer made after another: the same type, scope and alignment, another name, shape and strides.
#pragma once

#include "engine/ir/expr.h"

namespace loopglass::schedule {

// As TVM copies a buffer: the offset 0 keeps the type that the first extent of the old shape gave it, which then is written out.
ir::Buffer derived_buffer(const ir::Buffer& buffer, std::string name, std::vector<ir::Expr> shape, std::vector<ir::Expr> strides);

}  // namespace loopglass::schedule
