// The iterators that index forms refer to, each with the digits of it that occur.
#pragma once

#include <vector>

#include "engine/arith/iter_map.h"

namespace loopglass::arith {

struct MarkSplits {
  IterMarkRef mark;
  std::vector<const IterSplit*> splits;  // in the order in which they occur; they stand in the forms
};

// Those of the sums and of all sums below them, in the order in which they are met. The sums have to outlive the result.
std::vector<MarkSplits> collect_mark_splits(const std::vector<IterSum>& sums);

}  // namespace loopglass::arith
