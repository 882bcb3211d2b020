// Our own check of fuse_reduction_epilogue. TVM fuses any epilogue under which the result is not scaled; only a sum with the result in it
// gives the same when it is taken in steps.
#pragma once

#include "engine/ir/rewriter.h"
#include "engine/schedule/block_scope.h"

namespace loopglass::schedule {

// A block that makes output[indices] = value of a reduction's result.
struct Epilogue {
  Place reduction, block;
  ir::Buffer result, output;
  ir::Expr value;                   // in the reduction's axes
  std::vector<ir::Expr> indices;    // in the reduction's axes
  ir::VarMap axes;                  // the block's, as those of the reduction
};

// ChangedResults: the value is no sum with the reduction's result, or the reduction no sum, or not every element of the one is an element
// of the other, or somebody else needs the result, or what is added is not there when the reduction starts.
std::optional<Diagnostic> unsound_epilogue(const Epilogue& epilogue, const Place& scope, const ir::Module& after);

}  // namespace loopglass::schedule
