// What split and fuse leave behind is put into its simplest form: the values of the blocks' axes.
#pragma once

#include "engine/schedule/tree.h"

namespace loopglass::schedule {

// The statement with the values of every block's axes simplified as iterator maps over the loops above it: `outer` (outermost first) and
// those of the statement itself. Blocks without axes are entered, others are not. `preserve_unit_iters`: loops of extent 1 stay in
// the values.
//
// Before: vi = T.axis.spatial(64, i_j_fused // 8 * 8 + i_j_fused % 8)
// After:  vi = T.axis.spatial(64, i_j_fused)
ir::Stmt simplify_bindings(const ir::Stmt& stmt, const std::vector<Place>& outer, bool preserve_unit_iters);

}  // namespace loopglass::schedule
