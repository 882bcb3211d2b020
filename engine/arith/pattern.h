// Expression patterns as they are written in the rules (rule.h): parsed, matched against an expression, and built again.
//
// x y z b1 b2 s1 s2 stand for any expression, c1 c2 c3 for an integer constant; a name that occurs twice stands for equal
// expressions. Operators are Python's (+ - * // % < == and or not), `/` truncates; functions: min, max, truncmod, select,
// ramp(base, stride), broadcast(value). A number takes the type of the other side; true and false are bool.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/ir/expr.h"

namespace loopglass::arith {

inline constexpr int kPatternNames = 10;

// What the names stand for after a match; null: not yet met. The expressions belong to the matched one.
using Bindings = std::array<const ir::Expr*, kPatternNames>;

struct Pattern {
  enum class Kind : uint8_t { Any, Constant, Number, Bool, Binary, Not, Select, Ramp, Broadcast };
  Kind kind;
  ir::ExprKind op{};         // of Binary
  int name = 0;              // of Any and Constant: the place in Bindings
  int64_t value = 0;         // of Number and Bool
  std::vector<Pattern> args;
};

// Reads one pattern from the front of `text` and removes it. The text is ours: a mistake in it is a CHECK.
Pattern parse_pattern(std::string_view& text);

// Whether the expression has the pattern's form; fills the names that it meets.
bool match(const Pattern& pattern, const ir::Expr& e, Bindings& bindings);

// The expression that the pattern stands for, built with TVM's folding constructors. `root`: the type of the matched expression, which
// gives a number its type where nothing else does, and vectors their lanes.
ir::Expr build(const Pattern& pattern, const Bindings& bindings, ir::DataType root);

// The value of a pattern of numbers and constants alone; nothing where it divides by zero or holds an expression.
std::optional<int64_t> evaluate(const Pattern& pattern, const Bindings& bindings);

}  // namespace loopglass::arith
