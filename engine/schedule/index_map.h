// A map from the indices of a buffer (or the axes of a block) to other indices: TVM's IndexMap, with its way of finding shapes and inverses.
#pragma once

#include <expected>
#include <memory>
#include <vector>

#include "engine/arith/iter_map.h"

namespace loopglass::schedule {

struct IndexMap {
  std::vector<ir::Var> initial_indices;
  std::vector<ir::Expr> final_indices;         // in the initial indices
  std::shared_ptr<const IndexMap> inverse;     // given by hand, and taken as it is; null: it is found where it is needed
};
using IndexMapRef = std::shared_ptr<const IndexMap>;

// The map for given indices, simplified; where types differ, the wider wins. Requires: as many as initial indices.
std::vector<ir::Expr> map_indices(const IndexMap& map, const std::vector<ir::Expr>& indices, const arith::Analyzer& analyzer);

// What the final indices run through while the initial ones run through ranges. Where the map takes apart and fuses, what was padded to
// divide counts: 14 elements by (i // 4, i % 4) need (4, 4).
std::vector<ir::Range> map_ranges(const IndexMap& map, const std::vector<ir::Range>& ranges, arith::Analyzer& analyzer);
// The same for [0, extent)s. Nothing where a final index does not begin at 0.
std::optional<std::vector<ir::Expr>> map_shape(const IndexMap& map, const std::vector<ir::Expr>& shape, arith::Analyzer& analyzer);

// The initial indices from the final ones, whose variables are named axis0, axis1, ... or as an initial index that is passed through.
struct Inversion {
  IndexMap map;
  ir::Expr padding;   // in map.initial_indices: true where no element of the ranges comes to lie
};
// The error says why there is none. A Bijective map has no padding.
std::expected<Inversion, std::string> invert(const IndexMap& map, const std::vector<ir::Range>& ranges, arith::IterMapLevel level,
                                             arith::Analyzer& analyzer);

// The map for indices of the type that `shape` has. Requires: as many extents as initial indices.
IndexMap with_index_type_of(const IndexMap& map, const std::vector<ir::Expr>& shape);

// Whether no two initial indices in [0, extent)s have the same final ones.
bool is_injective(const IndexMap& map, const std::vector<ir::Expr>& extents);
// Whether initial indices in [0, extent)s with the same final ones have the same values of other functions of them.
bool determines(const IndexMap& map, const std::vector<ir::Expr>& functions, const std::vector<ir::Expr>& extents);

// The ranges [0, extent).
std::vector<ir::Range> ranges_of(const std::vector<ir::Expr>& shape);

}  // namespace loopglass::schedule
