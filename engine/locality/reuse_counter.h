// Histograms of stack distances; the sink of a Replay.
#pragma once

#include <bit>
#include <span>

#include "engine/locality/fold.h"
#include "engine/locality/reuse_by_line.h"
#include "engine/locality/stack_distance.h"

namespace loopglass::locality {

struct MissRun;

class ReuseCounter {
 public:
  // Distances are told apart at powers of two, and at the edges that are wanted too.
  // Without options it only makes folds, and they have no distances.
  ReuseCounter(LineRange lines, size_t buffers, const std::optional<ReuseOptions>& wanted);

  void touch(int reference, int buffer, int64_t line) {
    const auto number = static_cast<uint32_t>(line - lines_.first);
    if (!has_distances_) {
      if (!stack_.was_touched(number)) fold_->first.push_back({reference, buffer, line});
      return stack_.touch_silently(number);
    }
    count(reference, buffer, line, stack_.touch(number));
  }

  // All lines of a second repetition were touched in the first: its distances depend on nothing before, and are a third one's too. So what
  // is touched between these happens `times` times; they nest.
  void begin_alike(int64_t times) { weight_ *= times; }
  void end_alike(int64_t times) {
    weight_ /= times;
    repetitions_left_out_ += times - 1;
  }
  int64_t settles_after() const { return 2; }

  // Periods, as MissCounter has them: where the upper part of the stack, as far down as the block looked, is what it was before the block,
  // moved as the loop moves, and what was new in the block is new wherever it moves to.
  bool may_have_periods(int64_t accesses) const { return accesses >= 3 * work_ && lines_.is_separate && has_distances_; }
  int64_t period_of(const Shift& shift, int64_t accesses, int64_t count) const;
  struct Block {
    std::vector<uint32_t> stack;    // the most recent last
    std::vector<int64_t> counts;
    int64_t furthest = -1;          // of the touches before the block
    size_t first_touches = 0;       // of the fold being made
  };
  Block begin_block(int64_t);
  int64_t skip_blocks(const Block& block, const Shift& shift, int64_t times);

  // A fold always holds: only first touches look beyond the loop, and those before them in the loop are first touches too.
  bool folds_parts() const { return false; }
  bool may_hold(int64_t) const { return lines_.is_separate; }
  bool apply(const Fold& fold, const std::vector<int64_t>& bases);
  // From here on, what is touched makes a fold (with absolute lines); until it is taken, which forgets it.
  void begin_fold() { fold_ = std::make_unique<Fold>(); }
  // Until this, the folds that were applied are needed.
  void settle() {
    if (by_line_) by_line_->settle();
  }
  std::unique_ptr<Fold> take_fold();

  size_t most_streamed() const { return 0; }
  size_t touch_uncounted(int, int, int64_t) { return 0; }
  int64_t misses_all(size_t, std::span<const MissRun>) { return 0; }
  void touch_nearest(int64_t) {}
  void pass_on(std::span<MissRun>) {}
  void count_run(const MissRun&) {}
  uint32_t nearest_set(int64_t) const { return 0; }
  void reached(int64_t) {}
  void left_out(int64_t, int64_t, int64_t, const Shift&) {}

  void write_to(ReuseResult& result);

 private:
  void count(int reference, int buffer, int64_t line, int64_t distance) {
    furthest_ = std::max(furthest_, distance);
    if (distance < 0 && fold_) fold_->first.push_back({reference, buffer, line});
    if (distance >= 0 && by_line_) by_line_->touch(static_cast<uint32_t>(line - lines_.first), distance, weight_);
    counts_[static_cast<size_t>(buffer) * from_.size() + bucket_of(distance)] += weight_;
  }
  // Bucket 0 counts the first touches.
  size_t bucket_of(int64_t distance) const {
    if (distance < 0) return 0;
    size_t bucket = of_width_[static_cast<size_t>(64 - std::countl_zero(static_cast<uint64_t>(distance)))];
    while (bucket + 1 < from_.size() && from_[bucket + 1] <= distance) ++bucket;
    return bucket;
  }
  int64_t blocks_alike(const Block& block, std::span<const uint32_t> now, size_t depth, size_t touched, const Shift& shift, int64_t times) const;
  int64_t blocks_with_new_lines(const Block& block, std::span<const uint32_t> touched, const Shift& shift, int64_t times) const;
  void leave_out(const Block& block, std::span<const uint32_t> touched, const Shift& shift, int64_t times);
  void touch_blocks(std::span<const uint32_t> touched, const Shift& shift, int64_t times);

  const LineRange lines_;
  StackDistance stack_;
  bool has_distances_;                   // else it only makes folds
  std::vector<int64_t> edges_;           // asked for
  std::vector<int64_t> from_;            // by bucket: the least distance
  std::vector<size_t> of_width_;         // by the number of bits of a distance: the first bucket
  std::vector<int64_t> counts_;          // by buffer and bucket
  int64_t work_;                         // accesses that a comparison costs less than
  int64_t furthest_ = -1;                // the largest distance since the block under way began
  int64_t weight_ = 1;                   // of each touch
  std::unique_ptr<ReuseByLine> by_line_; // null unless wanted
  int64_t repetitions_left_out_ = 0, blocks_left_out_ = 0, nests_folded_ = 0;
  std::unique_ptr<Fold> fold_;
};

}  // namespace loopglass::locality
