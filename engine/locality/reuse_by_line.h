// The distances by line that a ReuseCounter counts, through folds and blocks that are left out.
#pragma once

#include <memory>
#include <unordered_map>

#include "engine/locality/fold.h"
#include "engine/locality/line_distances.h"

namespace loopglass::locality {

class ReuseByLine {
 public:
  explicit ReuseByLine(const LineRange& lines) : lines_(lines) { begin_block(); }

  // `line` counts from LineRange::first.
  void touch(uint32_t line, int64_t distance, int64_t times) { counts_[depth_ - 1]->add(line, {times, static_cast<int32_t>(distance), static_cast<int32_t>(distance)}); }
  // The fold's inner touches; the fold lives until they are settled.
  void apply(const Fold& fold, const std::vector<int64_t>& bases, int64_t times);
  // What is counted until the block ends happens `times` more often, moved; blocks nest.
  void begin_block();
  void end_block(const Shift& shift, int64_t times);
  // Until this, folds may be missing from the counts.
  void settle();
  // Moves what was counted into the fold.
  void move_to(Fold& fold);
  LineReuse reuse(const StackDistance& stack);

 private:
  // Folds lie where others lay, for the buffers that the loops between do not move: they are counted together.
  struct Use {
    const Fold::OfBuffer* part;
    int64_t base;
    bool operator==(const Use&) const = default;
  };
  struct Hash {
    size_t operator()(const Use& use) const { return std::hash<const void*>()(use.part) ^ static_cast<size_t>(use.base) * 0x9E3779B97F4A7C15u; }
  };

  const LineRange lines_;
  std::vector<std::unique_ptr<LineDistances>> counts_;   // of all, then of each block under way
  size_t depth_ = 0;                                     // of counts_ in use
  std::unordered_map<Use, int64_t, Hash> uses_;          // since the innermost block began
};

}  // namespace loopglass::locality
