// Where a moved block may stand among the statements of a loop's body, and whether it may leave where it stands.
#pragma once

#include "engine/schedule/block_scope.h"

namespace loopglass::schedule {

// Which relatives of the moved block have to stand below the loop.
enum class Required { Producers, Consumers };

// The position in the loop's body (0 = first) for TVM's index: -1 the last possible, -2 the first, else itself. Possible is what stands
// after every producer and not after any consumer.
// Errors: NotAllRequiredBlocksVisited; BadArgument for an index outside.
Result<size_t> insertion_position(const Place& loop, const BlockScope& scope, size_t block, Required required, int64_t index);

// The statements of a body: those of a Seq, or itself.
std::vector<ir::Stmt> statements(const ir::Stmt& body);

// A scope must keep something. Error: OnlyLeaf.
Result<void> check_removable(const Place& block);

}  // namespace loopglass::schedule
