// Our own check of the order of blocks after a step: who wrote, who reads.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "engine/schedule/changed_part.h"
#include "engine/schedule/tree.h"

namespace loopglass::schedule {

// The blocks below a place that hold no others, in program order.
std::vector<Place> leaf_blocks(const Place& place);

// A buffer among those that count from which a block loads without stating it in T.reads, as after loop_partition and cache_index; null: none.
// (A reduction with its init does not state what it writes itself.)
const ir::BufferNode* unstated_read(const ir::Block& block, const std::function<bool(const ir::BufferNode*)>& counts);

// Whether they may touch one element, one of them writing it, going by the buffers alone.
bool may_depend(const ir::Block& a, const ir::Block& b);

// ReversedDependence, with the element and two iterations of the program before the step, where
// - two blocks that touch one element, one of them writing it, have changed places, or
// - a block that the step has made (a copy) stands where it cannot bring an element from the block that writes it to the one that reads it.
// Blocks whose accesses are known to be of different elements may change places.
std::optional<Diagnostic> misplaced_block(const ChangedPart& part, const char* primitive);

// LostStatements where a block below a place is gone after a step that takes none away.
std::optional<Diagnostic> lost_block(const Place& before, const ir::Module& after, const char* primitive);

// Nests of equally many loops (outermost first) that merge would make one, in the order in which their bodies would stand: ReversedDependence
// where an iteration would run before one of another nest that touches an element before it now.
std::optional<Diagnostic> reversed_by_merge(const std::vector<std::vector<Place>>& nests);

}  // namespace loopglass::schedule
