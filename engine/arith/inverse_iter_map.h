// The inverse of an iterator map: what the variables have to be for the indices to have given values (TVM's InverseAffineIterMap).
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "engine/arith/iter_map.h"

namespace loopglass::arith {

using Inverse = std::vector<std::pair<ir::Var, ir::Expr>>;

// With the map {i * 8 + j, k} and outputs {a, b}: i = a // 8, j = a % 8, k = b. Variables that no index holds are left out. Unsimplified.
// Nothing where a sum is no fusion (its scales are not the products of the extents to their right), or an iterator no variable (it does not
// start at 0).
// Requires: as many outputs as indices.
std::optional<Inverse> inverse_affine_iter_map(std::span<const IterSum> map, std::span<const ir::Expr> outputs);

}  // namespace loopglass::arith
