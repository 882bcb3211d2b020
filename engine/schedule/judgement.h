// The program in which a block was judged. TVM decides three things of a block once and remembers them: whether its axes are a quasi-affine
// map of its loops, whether what it reads has been written, and whether its child blocks are a stage pipeline. It decides when a schedule
// starts, for a new block when it is made, and again where a step says so; a split or fuse afterwards changes nothing, even where the same
// question would find another answer. Here the programs are kept instead of the answers, so that nothing is computed before it is asked.
#pragma once

#include <vector>

#include "engine/schedule/tree.h"

namespace loopglass::schedule {

class Judgements {
 public:
  explicit Judgements(ir::Module start) : modules_{std::move(start)} {}

  // The program after a step, and what the step had judged again.
  void add(ir::Module after, const std::vector<JudgedAgain>& again);

  // Each gives the block's place in the program in which it was judged; `now` itself where none holds it.
  Place binding(const Place& now) const;   // of its own axes
  bool is_assumed_affine(const Place& now) const;
  Place scope(const Place& now) const;     // of what its child blocks do to each other
  // The same for the scope of a block, where that one's reads were judged; nothing for a block that some step made: those count as covered.
  std::optional<Place> reads_scope(const Place& reader) const;

 private:
  struct Event {
    JudgedAgain again;
    size_t module;
  };
  std::optional<Place> first_seen(const BlockRef& block) const;

  std::vector<ir::Module> modules_;   // before the first step, and after each that changed the program
  std::vector<Event> events_;
};

}  // namespace loopglass::schedule
