// A function as a list of plain statements, blocks dissolved and names settled: what NumPy and C both print line by line.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <unordered_map>

#include "engine/ir/module.h"
#include "engine/ir/node_path.h"
#include "engine/support/result.h"

namespace loopglass::emit {

enum class PlainKind : uint8_t {
  For,        // var, a = first value, b = end, c = step (null: 1); `loop`
  If, Else, While,   // a = condition
  Scope,      // opens a block of its own (C's braces; nothing in Python)
  Close,      // ends the innermost of the above
  Assign,     // var = a
  Alloc,      // buffer
  View,       // buffer is region of `source`, or (source null) another shape of the same data as `base`
  Store,      // buffer[indices] = a
  Assert,     // a, text
};

struct PlainStmt {
  PlainKind kind;
  ir::NodePath path;
  ir::Var var;
  ir::Expr a, b, c;
  const ir::For* loop = nullptr;
  ir::Buffer buffer, base;
  const ir::BufferRegion* source = nullptr;
  std::vector<ir::Range> region;      // of `source`, in the names of the list
  std::vector<ir::Expr> indices;
  std::string text;
};

struct PlainFunction {
  std::string name;
  std::vector<ir::Param> params;
  std::unordered_map<const ir::BufferNode*, std::string> buffer_names;
  std::vector<PlainStmt> stmts;       // variables in expressions carry the names to print
};

// Block axes that are bound to a loop variable or a constant give way to it; others become assignments (`vj` is called `j` where that name
// is free). Init becomes `if` at the reductions' minimum. `reserved`: names that the language or the text around needs.
PlainFunction make_plain(const std::string& name, const ir::Function& function, const std::set<std::string>& reserved);

}  // namespace loopglass::emit
