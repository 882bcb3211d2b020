// Which iterations of a loop come to a line.
#pragma once

#include <vector>

#include "engine/locality/ordered_nest.h"

namespace loopglass::locality {

struct LoopDim {
  int64_t step, count;   // bytes
  bool operator==(const LoopDim&) const = default;
};

// The loops inside `node` that move a leaf, inner ones first; then `node`, of so many iterations, if there are several.
std::vector<LoopDim> loop_dims(const OrderedNode& node, int64_t iterations, size_t leaf);

// The places that the loop's leaves come to.
class LoopTouches {
 public:
  LoopTouches(const OrderedNode& node, int64_t line);

 private:
  friend class BlockTouches;
  struct Leaf {
    size_t leaf;
    int64_t step;                  // of the loop
    int64_t low = 0, span = 0;     // from the leaf's address to the lowest that an iteration comes to, from there to the highest
    std::vector<LoopDim> dims;     // of the loops inside; steps above 0, the largest first
  };
  int64_t line_;
  std::vector<Leaf> leaves_;
};

// Blocks of a loop's iterations, of which the last one executed is block 0, behind which the tree stands.
class BlockTouches {
 public:
  // Of blocks 0 to `last`, of so many iterations each. `touches` outlives it.
  BlockTouches(const OrderedTree& tree, const LoopTouches& touches, int64_t iterations, int64_t last);
  // The first block that touches the line, or an earlier one; last + 1 where none does.
  int64_t first(int64_t line) const;

 private:
  struct Box {
    const LoopTouches::Leaf* leaf;
    int64_t lowest;                // address in the first iteration
    int64_t from, to;              // addresses in all of them
  };
  int64_t iterations_, count_, line_;
  std::vector<Box> boxes_;
};

}  // namespace loopglass::locality
