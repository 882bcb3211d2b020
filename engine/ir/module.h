// Functions and modules: what a file holds, and what a schedule rewrites.
#pragma once

#include "engine/ir/stmt.h"

namespace loopglass::ir {

// A parameter: a scalar Var, or a handle Var with the buffer that it points at (buffer_map).
struct Param {
  Var var;
  Buffer buffer;  // null for a scalar
};

struct PrimFunc {
  std::vector<Param> params;
  AttrMap attrs;           // "global_symbol" among them, where the function is public
  Stmt body;               // the root block's BlockRealize, or plain statements where the function has no block
  bool is_s_tir = true;    // T.prim_func(s_tir=True)
};
using Function = std::shared_ptr<const PrimFunc>;

struct NamedFunction {
  std::string name;
  Function function;
};

// A module: its functions in TVM's order (sorted by name). The name of the class is data that equality ignores.
struct ModuleNode {
  std::string name = "Module";
  std::vector<NamedFunction> functions;
  AttrMap attrs;
  bool is_bare_function = false;  // the text is one function outside a class (printed without a class)
};
using Module = std::shared_ptr<const ModuleNode>;

Module make_module(ModuleNode fields);  // sorts the functions by name
// Null where there is none of that name.
Function find_function(const Module& module, std::string_view name);
// The module with that function replaced; everything else is shared.
Module with_function(const Module& module, std::string_view name, Function function);
// The root block's realize of a function, or null where the body is plain statements.
const BlockRealize* root_block(const PrimFunc& function);

}  // namespace loopglass::ir
