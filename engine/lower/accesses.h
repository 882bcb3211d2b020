// The accesses of buffers in plain loops: where each stands, in which loops, under which conditions.
#pragma once

#include <unordered_map>
#include <vector>

#include "engine/ir/stmt.h"

namespace loopglass::lower {

// One step on the way from a statement down to an access.
struct Scope {
  const ir::StmtNode* stmt;   // For, IfThenElse, While, Seq, LetStmt, AllocBuffer, ...
  int child;                  // of Seq: which one; of IfThenElse: 0 then, 1 else, -1 the condition; else 0
};

struct Access {
  ir::Buffer buffer;
  const std::vector<ir::Expr>* indices;   // owned by the program
  bool is_write;
  bool is_conditional;                    // guarded inside its statement's expressions
  std::vector<Scope> scopes;              // from the root down to the statement that makes the access
};

// All accesses by the buffer's data, in program order (of one statement: loads, then the store).
using AccessMap = std::unordered_map<const ir::VarNode*, std::vector<Access>>;
struct Accesses {
  AccessMap by_data;
  std::unordered_map<const ir::VarNode*, bool> is_opaque;   // data used otherwise than by loads and stores of one buffer with indices of loop variables
};
Accesses collect_accesses(const ir::Stmt& root);

}  // namespace loopglass::lower
