// What a loop leaves behind, once for all places that it is executed at: the order of its first and last touches.
//
// LRU keeps lines by their last touch, and a line's first touch in a loop is the only one that depends on what was before, as long as no
// line of the loop is evicted by the loop itself. Loops whose references lie alike to one another, up to whole lines, have one fold.
#pragma once

#include <memory>
#include <unordered_map>

#include "engine/locality/key_hash.h"
#include "engine/locality/line_distances.h"
#include "engine/locality/loop_touches.h"
#include "engine/locality/miss_stream.h"
#include "engine/locality/shift.h"

namespace loopglass::locality {

struct Fold {
  struct Touch {
    int reference, buffer;           // the reference: of the first touch
    int64_t line;                    // from the line at which the buffer's first leaf starts
  };
  struct Distances {
    uint32_t at;                     // as ReuseCounter numbers buffers and buckets
    int64_t times;
  };
  struct OfLine {
    int64_t line;                    // as in Touch
    LineDistances::Touches touches;
  };
  struct OfBuffer {
    int buffer;
    std::vector<OfLine> inner;
  };
  std::vector<Touch> first, last;    // each line once, in the order of its first and of its last touch
  std::vector<int32_t> places;       // of the lines of `first` in `last`
  std::vector<Distances> inner;      // of all touches but the first ones
  std::vector<OfBuffer> by_line;     // the same by line, where it is asked for
  // What MissCounter finds out about it.
  // The most lines that a set of the nearest cache can get, wherever the buffers lie: each buffer's fullest set, added up. -1: not known yet.
  mutable int64_t most_in_set = -1;
  struct InSet {
    uint32_t set, lines;             // counted from the set of the line from which they count
  };
  mutable std::vector<std::vector<InSet>> in_sets;                            // by buffer
  mutable std::optional<MissStream> first_lanes;                              // `first`; without lanes where it would have too many
};

// The folds of one loop, or of some iterations of it, by how its references lie.
class FoldSite {
 public:
  FoldSite() = default;
  FoldSite(const OrderedTree& tree, const OrderedNode& node, int64_t iterations, int64_t line, size_t buffers);

  int64_t iterations = 0;

  bool is_hopeless = false;          // not worth trying
  struct Blocks {
    int failed = 0;                  // compared in vain since the last that was alike
    int64_t before = 0;              // executed last time until there was some use in comparing
  };
  Blocks blocks, stretches;          // of iterations; of those that move by whole lines
  int nearest_failed = 0;            // executions in which the nearest level did not come to hold what it had held
  std::optional<LoopTouches> touches;// made where it is asked for
  int64_t failures = 0;              // places where the fold did not hold; those for which it was made count for more

  // A lower bound of the distinct lines touched.
  int64_t least_lines() const { return least_lines_; }
  const Shift& shift() const { return shift_; }
  // Where the loop stands now: nothing the first time that it lies so (it may be the only one), then a fold, perhaps still to be made.
  std::unique_ptr<Fold>* find(const OrderedTree& tree);
  // By buffer: the line from which its touches count.
  const std::vector<int64_t>& bases() const { return bases_; }

 private:
  size_t first_leaf_ = 0;
  Shift shift_;
  int64_t line_ = 0, least_lines_ = 0;
  std::vector<size_t> anchors_;      // by leaf: the first leaf of the same buffer
  std::vector<int64_t> key_, bases_;
  std::unordered_map<std::vector<int64_t>, std::unique_ptr<Fold>, KeyHash> folds_;
};

}  // namespace loopglass::locality
