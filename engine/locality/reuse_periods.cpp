// ReuseCounter's periods.
#include <algorithm>

#include "engine/locality/reuse_counter.h"

namespace loopglass::locality {

int64_t ReuseCounter::period_of(const Shift& shift, int64_t accesses, int64_t count) const {
  if (shift.period == 0) return 0;
  const int64_t once = accesses * shift.period, period = shift.period * std::max<int64_t>(1, (work_ + once - 1) / once);
  return period <= count / 3 ? period : 0;
}

ReuseCounter::Block ReuseCounter::begin_block(int64_t) {
  Block block{stack_.lines(), counts_, furthest_, fold_ ? fold_->first.size() : 0};
  stack_.begin_stretch();
  furthest_ = -1;
  if (by_line_) by_line_->begin_block();
  return block;
}

int64_t ReuseCounter::skip_blocks(const Block& block, const Shift& shift, int64_t times) {
  const auto touched_lines = static_cast<size_t>(stack_.end_stretch());
  // A touch looks no deeper into the stack before the block than its distance; where that ends, so does what there was to find.
  const size_t depth = std::min(static_cast<size_t>(furthest_ + 1), block.stack.size());
  furthest_ = std::max(furthest_, block.furthest);
  const std::vector<uint32_t> now = times > 0 ? stack_.lines(std::max(depth, touched_lines)) : std::vector<uint32_t>();
  times = blocks_alike(block, now, depth, touched_lines, shift, times);
  if (by_line_) by_line_->end_block(shift, times);
  if (times > 0) leave_out(block, std::span(now).last(touched_lines), shift, times);
  return times;
}

// How many of the blocks to come do what this one did.
int64_t ReuseCounter::blocks_alike(const Block& block, std::span<const uint32_t> now, size_t depth, size_t touched, const Shift& shift, int64_t times) const {
  if (times == 0) return 0;
  const LineShift moved(lines_, shift);
  for (size_t i = 1; i <= depth; ++i)
    if (moved(block.stack[block.stack.size() - i]) != now[now.size() - i]) return 0;
  return blocks_with_new_lines(block, now.last(touched), shift, times);
}

void ReuseCounter::leave_out(const Block& block, std::span<const uint32_t> touched, const Shift& shift, int64_t times) {
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += (counts_[i] - block.counts[i]) * times;
  if (fold_) {
    const size_t end = fold_->first.size();
    for (int64_t n = 1; n <= times; ++n)
      for (size_t i = block.first_touches; i < end; ++i) {
        Fold::Touch touch = fold_->first[i];
        touch.line += n * shift.lines[static_cast<size_t>(touch.buffer)];
        fold_->first.push_back(touch);
      }
  }
  touch_blocks(touched, shift, times);
  blocks_left_out_ += times;
}

// How often a block may follow until a line that was new in it is not new where it has moved to.
int64_t ReuseCounter::blocks_with_new_lines(const Block& block, std::span<const uint32_t> touched, const Shift& shift, int64_t times) const {
  const LineShift moved(lines_, shift);
  std::vector<bool> is_old(static_cast<size_t>(lines_.count));
  for (uint32_t line : block.stack) is_old[line] = true;
  for (uint32_t line : touched) {
    if (is_old[line]) continue;
    const int64_t step = moved.of(line);
    for (int64_t n = 1; n <= times; ++n) {
      const int64_t there = line + n * step;
      if (step == 0 || there < 0 || there >= lines_.count || stack_.was_touched(static_cast<uint32_t>(there))) times = n - 1;
    }
  }
  return times;
}

// The last touches of the blocks left out; those that a later block repeats are not needed.
void ReuseCounter::touch_blocks(std::span<const uint32_t> touched, const Shift& shift, int64_t times) {
  const LineShift moved(lines_, shift);
  std::vector<bool> is_touched(static_cast<size_t>(lines_.count));
  for (uint32_t line : touched) is_touched[line] = true;
  std::vector<uint32_t> not_repeated;
  for (uint32_t line : touched) {
    const int64_t step = moved.of(line), behind = line - step;   // moves to where `line` is, one block later
    const bool is_repeated = behind >= 0 && behind < lines_.count && is_touched[static_cast<size_t>(behind)] &&
                             lines_.owner(static_cast<uint32_t>(behind)) == lines_.owner(line);
    if (!is_repeated) not_repeated.push_back(line);
  }
  for (int64_t n = 1; n < times; ++n)
    for (uint32_t line : not_repeated) stack_.touch_silently(static_cast<uint32_t>(line + n * moved.of(line)));
  for (uint32_t line : touched) stack_.touch_silently(static_cast<uint32_t>(line + times * moved.of(line)));
}

}  // namespace loopglass::locality
