// Iterations of a loop that holds accesses alone, in which those that step within lines stay on theirs.
#pragma once

#include <array>
#include <cstdlib>

#include "engine/locality/line_number.h"
#include "engine/locality/ordered_nest.h"

namespace loopglass::locality {

inline constexpr size_t kMostStretched = 16;   // accesses of such a loop

struct Stretch {
  int64_t iterations = 0;
  uint64_t staying = 0;                        // sets of the lines that stay, modulo 64
  size_t moving = 0;
  std::array<size_t, kMostStretched> movers{}; // those that move by a line or more: so many, from the loop's first leaf on

  // From where the leaves stand; `set_of` a line.
  template <class SetOf>
  Stretch(const OrderedNode& node, const OrderedTree::Leaf* leaf, int64_t count, const LineNumber& line, const SetOf& set_of) : iterations(count) {
    for (size_t i = 0; i < node.last_leaf - node.first_leaf; ++i) {
      const int64_t step = node.steps[i];
      if (std::abs(step) >= line.size()) {
        movers[moving++] = i;
        continue;
      }
      if (step != 0) iterations = std::min(iterations, 1 + line.steps_left(leaf[i].address, step));
      staying |= uint64_t{1} << (set_of(line(leaf[i].address)) % 64);
    }
  }
  bool meets(uint32_t set) const { return staying >> (set % 64) & 1; }
};

}  // namespace loopglass::locality
