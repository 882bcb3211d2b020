// How many elements a union of strided boxes holds.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "engine/locality/element_bits.h"
#include "engine/locality/inline_vector.h"
#include "engine/locality/term.h"

namespace loopglass::locality {

// base + sum of t_d * dims[d].stride, 0 <= t_d < dims[d].count.
struct StridedSet {
  struct Dim {
    int64_t stride, count;
    bool operator==(const Dim&) const = default;
    auto operator<=>(const Dim&) const = default;
  };
  int64_t base = 0;
  InlineVector<Dim, kMaxDepth> dims;

  int64_t last() const;   // the largest element, once canonical
};

// The same elements with positive strides, smallest first, dimensions that continue one another merged.
StridedSet canonical(StridedSet set);
// Of the elements, counted from `origin`.
void mark(ElementBits& bits, const StridedSet& set, int64_t origin);

class DistinctCounter {
 public:
  // Requires canonical sets. Results are remembered by the sets' shapes and relative places.
  int64_t count(std::vector<StridedSet> sets);

 private:
  int64_t count_bits(const std::vector<StridedSet>& sets);

  struct Hash {
    size_t operator()(const std::vector<int64_t>& key) const;
  };
  std::unordered_map<std::vector<int64_t>, int64_t, Hash> known_;
  ElementBits bits_;
};

}  // namespace loopglass::locality
