// The commutative reductions that TVM registers, and which of them a reduction's update is: sums, products, minima and maxima of one value;
// sums of two; the largest (smallest) of values together with its index. (TVM: ReducerRegistry in primitive/reduction.cc, analysis/reducer.cc)
#pragma once

#include <optional>
#include <vector>

#include "engine/ir/expr.h"

namespace loopglass::schedule {

// How partial results are put together: x (so far) and y (the next) stand for one value each of every buffer.
struct Combiner {
  std::vector<ir::Var> x, y;
  std::vector<ir::Expr> identity, result;

  std::vector<ir::Expr> operator()(const std::vector<ir::Expr>& left, const std::vector<ir::Expr>& right) const;
};

struct MatchedReducer {
  Combiner combiner;
  std::vector<ir::Expr> left, right;   // what stands for x and y in the update
};

// The first registered reducer with these identities whose result has the form of the values, with the loads for x. Nothing for none.
std::optional<MatchedReducer> match_reducer(const std::vector<ir::Expr>& identities, const std::vector<ir::Expr>& loads,
                                            const std::vector<ir::Expr>& values);

}  // namespace loopglass::schedule
