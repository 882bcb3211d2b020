// What evaluating an expression can do besides giving a value.
#pragma once

#include "engine/ir/expr.h"

namespace loopglass::arith {

enum class Effect { Pure, ReadsState, UpdatesState };

// Reading a buffer reads state; a call of what is not a mathematical operator may do anything.
Effect effect(const ir::Expr& e);

}  // namespace loopglass::arith
