// Which part of a block's axes has to run so that it covers what other blocks need: the inverse problem behind compute_at. Method as in
// TVM's compute_at.cc (CalculateBlockVarDomain).
#pragma once

#include "engine/arith/int_set.h"
#include "engine/ir/stmt.h"
#include "engine/support/result.h"

namespace loopglass::schedule {

using Regions = std::vector<arith::IntSet>;   // one a dimension

// What one instance of the block gives of a buffer (in its axes), and what is needed of it (in the loops around).
struct Need {
  ir::Buffer buffer;
  std::vector<Regions> provided, required;
};

// The axis runs over dom; where bound is not nothing, instances outside bound must not run (a predicate).
struct AxisDomain {
  arith::IntSet dom = arith::IntSet::nothing();
  arith::IntSet bound = arith::IntSet::nothing();
};

// One domain for each of the block's axes.
// Error: RegionPatternMismatch, where an index is no function that can be solved for one axis, or TVM cannot solve it.
Result<std::vector<AxisDomain>> covering_domains(const ir::Block& block, const std::vector<Need>& needs, arith::Analyzer& analyzer);

}  // namespace loopglass::schedule
