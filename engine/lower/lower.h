// From blocks to plain loops: what the code generator compiles.
#pragma once

#include <string>
#include <vector>

#include "engine/ir/module.h"
#include "engine/ir/node_path.h"
#include "engine/support/result.h"

namespace loopglass::lower {

struct Options {
  bool plain = false;   // the reference: no compaction, every loop serial, no vectors
  // Inits of reductions come out of the loops (hoist_first.h). LLVM's whole pipeline does as well without: it peels loops, cuts them at the test or makes masks of it, and where
  // they have none writes more of them out.
  bool hoist_first = false;
};

// A function of plain loops. `AttrStmt("origin", id)` around a statement says that it comes from the statement of the scheduled program
// at `origins[id]`; `origins` may be empty (then there are no such attributes).
struct Lowered {
  ir::Function function;
  std::vector<ir::NodePath> origins;
};

// Gives the function without blocks, match_buffers, vectorized or thread-bound loops: For (serial, parallel, unroll), AllocBuffer, BufferStore,
// IfThenElse, LetStmt, While, Assert, Evaluate and AttrStmt, with vectors as Ramp / Broadcast expressions. Init is `if` at the reduction's
// start; allocations stand at the lowest place that holds all their accesses and have the size that it needs. Every access is proved in
// bounds and every divisor proved not to be zero, or checked before the statement by Evaluate(Call "check_bounds" / "check_divisor") (checks.h).
// `name`: the function's, for the paths in `origins`.
// Requires: static shapes (UnsupportedOperation), no GPU thread bindings (UnsupportedOperation).
Result<Lowered> lower(const ir::Function& function, const std::string& name, const Options& options = {});

}  // namespace loopglass::lower
