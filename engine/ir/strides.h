// The strides of a buffer as what runs it takes them.
#pragma once

#include "engine/ir/stmt.h"

namespace loopglass::ir {

// One stride a dimension; empty where the buffer is row-major and compact. TVM's cache_index states strides=(1,) for buffers of any rank: where
// the numbers do not fit, the buffer is compact.
inline std::vector<Expr> stated_strides(const BufferNode& buffer) {
  return buffer.strides.size() == buffer.shape.size() ? buffer.strides : std::vector<Expr>{};
}

// Elements from one index to the next of each dimension; row-major where the buffer does not say. Requires: constant shape and strides.
inline std::vector<int64_t> constant_strides(const BufferNode& buffer) {
  std::vector<int64_t> strides(buffer.shape.size(), 1);
  const std::vector<Expr> stated = stated_strides(buffer);
  for (size_t d = strides.size(); d-- > 0;)
    strides[d] = !stated.empty() ? *as_int(stated[d]) : d + 1 < strides.size() ? strides[d + 1] * *as_int(buffer.shape[d + 1]) : 1;
  return strides;
}

// Whether the elements of a region lie one after another. Requires: constant extents; else false.
inline bool is_contiguous(const BufferRegion& region) {
  bool inner_is_whole = true;
  for (size_t d = region.region.size(); d-- > 0;) {
    const auto extent = as_int(region.region[d].extent), all = as_int(region.buffer->shape[d]);
    if (!extent || !all || (!inner_is_whole && *extent != 1)) return false;
    inner_is_whole = inner_is_whole && *extent == *all;
  }
  return stated_strides(*region.buffer).empty();
}

}  // namespace loopglass::ir
