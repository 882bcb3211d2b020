// Whether two programs are the same but for names, and a hash that agrees with it.
#pragma once

#include "engine/ir/module.h"

namespace loopglass::ir {

// TVM's structural equality with map_free_vars: names of variables, buffers, blocks and of the module's class do not
// count; function names, attributes, annotations, the order of axes, reads and writes and the shape of expressions do.
// -0.0 and 0.0 differ; NaN equals NaN. Blocks' ids do not count.
bool structural_equal(const Module& a, const Module& b);
bool structural_equal(const Function& a, const Function& b);
bool structural_equal(const Stmt& a, const Stmt& b);
// Free variables are equal only to themselves here.
bool structural_equal(const Expr& a, const Expr& b);

// 64 bits, the same in every run and on every machine; equal programs hash alike.
uint64_t structural_hash(const Module& module);
uint64_t structural_hash(const Function& function);
uint64_t structural_hash(const Expr& e);

// Where two modules first differ, in words, for a test's message; empty where they are equal.
std::string first_difference(const Module& a, const Module& b);

}  // namespace loopglass::ir
