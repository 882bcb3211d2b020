// The values of expressions inside a place, by the bounds of the loops and axes around.
#pragma once

#include <optional>

#include "engine/arith/analyzer.h"
#include "engine/schedule/tree.h"

namespace loopglass::schedule {

// Lives no longer than the place.
class BoundsAt {
 public:
  explicit BoundsAt(const Place& place) : place_(place) {}

  arith::ConstIntBound operator()(const ir::Expr& e);

 private:
  std::optional<arith::ConstIntBound> of_variable(const ir::VarNode* var) const;
  std::optional<arith::ConstIntBound> plain(const ir::Expr& e) const;
  void bind();

  const Place& place_;
  std::optional<arith::Analyzer> analyzer_;   // for what is not plain to see
};

}  // namespace loopglass::schedule
