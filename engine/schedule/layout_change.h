// A buffer's new layout: what its accesses become, and how what was added to it (its padding) gets a value. As in TVM's
// layout_transformation.cc.
#pragma once

#include <unordered_map>

#include "engine/schedule/index_map.h"
#include "engine/schedule/tree.h"

namespace loopglass::schedule {

struct LayoutChange {
  ir::Buffer from, to;
  IndexMap map;
  // Below: only where padding is asked for.
  IndexMap inverse;        // from the new indices
  ir::Expr padding;        // in inverse.initial_indices: true for what was added; constant false where nothing was
  IndexMapRef pad_value;   // null: no padding; else one value in the new indices
};

// How the padding gets its value; at most one of the three ways.
struct PaddingPlan {
  // The buffer is an input: a block that says what the caller has put there (T.assume), before everything else.
  ir::Stmt prologue;
  // Loops that run over all of the buffer and write it run over the new one instead, and choose: the padding or the old value.
  std::unordered_map<const ir::StmtNode*, ir::Stmt> replacements;
  // Else a block fills the padding, after the statement that writes last.
  const ir::StmtNode* last_write = nullptr;
  ir::Stmt epilogue;
};
PaddingPlan plan_padding(const ir::Stmt& scope, const LayoutChange& change);

// The scope with all accesses of the buffer, its regions and its allocation changed.
// Errors: OpaqueAccess where the buffer is used otherwise than by loads and stores.
Result<ir::Stmt> change_layout(const Place& scope, const LayoutChange& change);

}  // namespace loopglass::schedule
