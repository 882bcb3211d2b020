// Runs that touch the same elements as a formula by element.
#pragma once

#include <optional>
#include <span>

#include "engine/locality/distinct.h"
#include "engine/locality/element_counts.h"
#include "engine/locality/touch_group.h"

namespace loopglass::locality {

// How often an element is touched (0: never), and when first and last.
struct Touches {
  int64_t times = 0, first = 0, last = 0;
};

// The elements at + sum of t_d * digits[d].unit, 0 <= t_d < digits[d].count, all different. Each digit says something of its own: how often an element is touched is
// their product, when is their sum.
struct TouchPiece {
  struct Digit {
    int64_t unit = 1, count = 1;
    int64_t first = 0, last = 0;      // steps of the times
    std::vector<Touches> by_value;    // where several loops move along the digit; empty: once each, at the steps

    Touches touches(int64_t t) const { return by_value.empty() ? Touches{1, t * first, t * last} : by_value[static_cast<size_t>(t)]; }
    int64_t reach() const { return unit * (count - 1); }
  };
  int64_t at = 0, first = 0, last = 0, reads = 0, writes = 0;
  std::vector<Digit> digits;          // the smallest unit first; each larger than all that the digits before it reach

  StridedSet elements() const;
  int64_t size() const;               // elements
};

// Nothing where the loops that move along one digit leave gaps (A[2 * i + 3 * j]).
std::optional<TouchPiece> piece_of(const TouchGroup& group);

// Pieces of one buffer, which may overlap.
struct TouchPieces {
  int64_t elements = 0;               // of the buffer
  int64_t touched = 0;                // of these, that some piece has
  std::vector<TouchPiece> pieces;
};

// What they say of each element.
enum class TouchKind { Reads, Writes, First, Last };
ElementCounts counts_of(std::shared_ptr<const TouchPieces> pieces, TouchKind kind);

}  // namespace loopglass::locality
