// A piece of an expression in some language, with how tightly it binds.
#pragma once

#include <string>

#include "engine/ir/expr.h"
#include "engine/support/result.h"

namespace loopglass::emit {

// Python's levels, which C's are mapped on where the two differ only in names.
enum Binding { kTernary, kOr, kAnd, kNot, kCompare, kBitOr, kBitXor, kBitAnd, kShift, kSum, kProduct, kUnary, kPrimary };

struct Spelled {
  std::string text;
  int binding = kPrimary;

  // In parentheses, unless it binds at least so tightly.
  std::string at(int least) const { return binding >= least ? text : "(" + text + ")"; }
};

// Thrown where a language has no form for something; ends at the module's edge.
struct NotEmitted {
  std::string what;
};

// True for integers and conditions that nothing but loop variables, scalar parameters and constants make: plain numbers in every language.
bool is_index(const ir::Expr& e);
// The expression with its Lets replaced by their values.
ir::Expr without_lets(const ir::Expr& e);

}  // namespace loopglass::emit
