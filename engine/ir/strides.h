// The strides of a buffer as what runs it takes them.
#pragma once

#include "engine/ir/expr.h"

namespace loopglass::ir {

// One stride a dimension; empty where the buffer is row-major and compact. TVM's cache_index states strides=(1,) for buffers of any rank: where
// the numbers do not fit, the buffer is compact.
inline std::vector<Expr> stated_strides(const BufferNode& buffer) {
  return buffer.strides.size() == buffer.shape.size() ? buffer.strides : std::vector<Expr>{};
}

}  // namespace loopglass::ir
