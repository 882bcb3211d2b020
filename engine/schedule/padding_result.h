// Whether an einsum gives the same result with its axes padded by zeros. TVM asks for the form of the accesses alone.
#pragma once

#include <optional>

#include "engine/ir/rewriter.h"
#include "engine/schedule/tree.h"

namespace loopglass::schedule {

// PaddingChangesResult where
// - a padded axis does not start at 0, is not the whole of its loop or of the dimensions that it indexes, or a padded buffer is indexed by a
//   constant other than 0: elements that do not belong there would be read or written;
// - another block runs in a loop that gets longer;
// - a reduction over a padded axis is not a sum of what is 0 where its inputs are.
// `extents`: the padded axes and loops. Requires: the block is an einsum.
std::optional<Diagnostic> padding_changes_result(const Place& scope, const Place& block, const ir::VarMap& extents);

}  // namespace loopglass::schedule
