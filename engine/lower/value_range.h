// Bounds of integer expressions from the bounds of loop variables, by interval arithmetic: quick, and enough for most programs. They prove accesses in
// bounds, and let index arithmetic be done in 64 bits without wrapping.
#pragma once

#include <optional>
#include <unordered_map>

#include "engine/ir/stmt.h"

namespace loopglass::lower {

// Inclusive.
struct ValueRange {
  int64_t min, max;
};

// All values of a scalar integer type (uint64 is cut to what int64 holds).
ValueRange range_of_type(ir::DataType type);

class Ranges {
 public:
  void bind(const ir::VarNode* var, ValueRange range) { bounds_.insert_or_assign(var, range); }
  // Binds the loop's variable to the values it takes.
  void bind_loop(const ir::For& loop);
  // The values that a scalar integer expression can have, wrapping included.
  ValueRange of(const ir::Expr& e) const;
  // Whether a condition holds for all values (true), for none (false), or cannot be said.
  std::optional<bool> truth(const ir::Expr& condition) const;
  // True where the operator at the root of `e` (Add, Sub, Mul) never wraps in its type.
  bool is_exact(const ir::Expr& e) const;

 private:
  std::unordered_map<const ir::VarNode*, ValueRange> bounds_;
};

}  // namespace loopglass::lower
