// MissCounter's periods.
#include <algorithm>
#include <numeric>

#include "engine/locality/miss_counter.h"

namespace loopglass::locality {

int64_t MissCounter::period_of(const Shift& shift, int64_t accesses, int64_t count) const {
  if (shift.period == 0) return 0;
  int64_t period = shift.period;
  for (size_t level = 0; level < compared_; ++level) {
    const int64_t sets = caches_[level]->sets();
    // All buffers have to move by as many sets.
    for (int64_t moved : shift.lines) period = std::lcm(period, sets / std::gcd(sets, moved - shift.lines[0]) * shift.period);
    if (period > count / 3) return 0;
  }
  period *= std::max<int64_t>(1, (work_ + accesses * period - 1) / (accesses * period));
  return period <= count / 3 ? period : 0;
}

MissCounter::Block MissCounter::begin_block() const {
  Block block;
  for (size_t level = 0; level < compared_; ++level) block.content.push_back(caches_[level]->content());
  block.misses = result_.levels;
  return block;
}

// The lines of each set in the same order, moved, in the set to which they move.
bool MissCounter::is_alike(const Block& block, const Shift& shift) const {
  const LineShift moved(lines_, shift);
  for (size_t level = 0; level < compared_; ++level) {
    const CacheState& cache = *caches_[level];
    const size_t ways = cache.ways(), sets = cache.sets();
    const auto turn = static_cast<size_t>((shift.lines[0] % cache.sets() + cache.sets()) % cache.sets());
    for (size_t set = 0; set < sets; ++set)
      for (size_t way = 0; way < ways; ++way) {
        const uint32_t before = block.content[level][set * ways + way], now = cache.content()[(set + turn) % sets * ways + way];
        if (before == CacheState::kNone ? now != CacheState::kNone : moved(before) != now) return false;
      }
  }
  return true;
}

// For levels with room for all: a line that was new in the block is new wherever it moves to, and one that was not is then not.
int64_t MissCounter::blocks_with_new_lines(const Block& block, const Shift& shift, int64_t times) const {
  const LineShift moved(lines_, shift);
  for (size_t level = compared_; level < levels_; ++level) {
    const auto missed = [&](size_t l, uint32_t line) { return result_.levels[l].by_line[line] != block.misses[l].by_line[line]; };
    for (uint32_t line = 0; line < lines_.count; ++line) {
      const int64_t step = moved.of(line);
      if (missed(level, line)) {
        for (int64_t n = 1; n <= times; ++n) {
          const int64_t there = line + n * step;
          if (step == 0 || there < 0 || there >= lines_.count || result_.levels[level].by_line[static_cast<size_t>(there)] != 0) times = n - 1;
        }
      } else if (step != 0 && (level == 0 || missed(level - 1, line))) {
        const int64_t next = moved(line);
        if (level == 0 || next < 0 || !missed(level - 1, static_cast<uint32_t>(next))) return 0;
      }
    }
  }
  return times;
}

// By line: the sum of what is counted one step behind, two steps, ... `times` steps.
std::vector<int64_t> MissCounter::moved_on(const std::vector<int64_t>& counted, const Shift& shift, int64_t times) const {
  std::vector<int64_t> sum(counted.size());
  for (size_t buffer = 0; buffer < shift.lines.size(); ++buffer) {
    const int64_t step = shift.lines[buffer], start = lines_.starts[buffer], end = lines_.starts[buffer + 1];
    const auto at = [&](const std::vector<int64_t>& all, int64_t line) { return line >= start && line < end ? all[static_cast<size_t>(line)] : 0; };
    for (int64_t i = 0; i < end - start; ++i) {
      const int64_t line = step > 0 ? start + i : end - 1 - i;
      // A window of `times` lines slides along.
      sum[static_cast<size_t>(line)] = step == 0 ? counted[static_cast<size_t>(line)] * times
                                                 : at(sum, line - step) + at(counted, line - step) - at(counted, line - (times + 1) * step);
    }
  }
  return sum;
}

int64_t MissCounter::skip_blocks(const Block& block, const Shift& shift, int64_t times) {
  if (times == 0 || !is_alike(block, shift)) return 0;
  times = blocks_with_new_lines(block, shift, times);
  if (times == 0) return 0;
  for (size_t level = 0; level < levels_; ++level) {
    LevelMisses& now = result_.levels[level];
    const LevelMisses& before = block.misses[level];
    const auto repeat = [times](std::vector<int64_t>& all, const std::vector<int64_t>& then) {
      for (size_t i = 0; i < all.size(); ++i) all[i] += (all[i] - then[i]) * times;
    };
    repeat(now.by_buffer, before.by_buffer);
    repeat(now.by_reference, before.by_reference);
    totals_[level] = std::accumulate(now.by_buffer.begin(), now.by_buffer.end(), int64_t{0});
    std::vector<int64_t> in_block = now.by_line;
    for (size_t i = 0; i < in_block.size(); ++i) in_block[i] -= before.by_line[i];
    const std::vector<int64_t> more = moved_on(in_block, shift, times);
    for (uint32_t line = 0; line < lines_.count; ++line) {
      now.by_line[line] += more[line];
      if (level >= compared_ && more[line] != 0) caches_[level]->touch(line);
    }
  }
  move_content(shift.times(times));
  result_.blocks_left_out += times;
  return times;
}

void MissCounter::move_content(const Shift& shift) {
  const LineShift moved(lines_, shift);
  for (size_t level = 0; level < compared_; ++level) {
    CacheState& cache = *caches_[level];
    const size_t ways = cache.ways(), sets = cache.sets();
    const auto turn = static_cast<size_t>((shift.lines[0] % cache.sets() + cache.sets()) % cache.sets());
    std::vector<uint32_t> content(cache.content().size());
    for (size_t set = 0; set < sets; ++set)
      for (size_t way = 0; way < ways; ++way) {
        const uint32_t line = cache.content()[set * ways + way];
        content[(set + turn) % sets * ways + way] = line == CacheState::kNone ? line : static_cast<uint32_t>(moved(line));
      }
    cache.set_content(std::move(content));
  }
}

}  // namespace loopglass::locality
