// Part of a program that computes a few elements of its outputs: what the interpreter can check of a program too large for it.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/ir/module.h"

namespace loopglass::measure {

struct OutputElement {
  size_t parameter = 0;
  std::vector<int64_t> index;
  bool operator==(const OutputElement&) const = default;
};

// Before: for i, j, k in T.grid(1024, 1024, 1024): Y[i, j] += A[i, k] * B[k, j]
//         for i, j in T.grid(1024, 1024): C[i, j] = max(Y[i, j], 0)
// After:  (of C[5, 7])
//         for i, j, k in T.grid(5:6, 7:8, 1024): Y[i, j] += A[i, k] * B[k, j]
//         for i, j in T.grid(5:6, 7:8): C[i, j] = max(Y[i, j], 0)
// From the last statement to the first: a loop whose variable alone is a dimension's index of every store to a needed buffer runs over what is
// needed of that dimension; what the statement then reads, as boxes, is needed before it. Statements that write nothing needed go. Where a
// statement reads what it writes itself at other indices, its loops are kept whole.
// Keeps: the element's value. `function`: as the user wrote it, blocks and all.
ir::Function slice_for(const ir::Function& function, const OutputElement& element);

// A slice for each of some elements of the buffers that the function writes: the first and last element, and random ones by `seed`. Those that
// take more than `max_accesses` are left out, so there may be none.
struct Slice {
  OutputElement element;
  ir::Function function;
};
std::vector<Slice> sample_outputs(const ir::Function& function, uint64_t seed, int64_t max_accesses);

}  // namespace loopglass::measure
