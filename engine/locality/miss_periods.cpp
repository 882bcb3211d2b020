// MissCounter's periods.
#include <algorithm>
#include <numeric>
#include <span>

#include "engine/locality/miss_counter.h"
#include "engine/support/integer.h"

namespace loopglass::locality {

namespace {

// The sets of a level whose lines all move, and with them from set to set.
struct MovedSets {
  MovedSets(const CacheState& cache, const LineRange& lines, const Shift& shift)
      : count(cache.sets()), ways(cache.ways()), turn_(static_cast<size_t>(floor_mod(shift.lines[0], static_cast<int64_t>(count)))), moved_(lines, shift), together_(lines, shift) {}
  // Where the lines of a set were before.
  size_t before(size_t set) const { return set >= turn_ ? set - turn_ : set + count - turn_; }
  // Each line stays in its set.
  bool stay() const { return turn_ == 0; }
  bool is_moved(uint32_t before, uint32_t now) const {
    return before == CacheState::kNone || now == CacheState::kNone ? before == now : moved_(before) == now;
  }
  int64_t step_of(uint32_t line) const { return moved_.of(line); }
  // The same of all sets.
  bool are_moved(std::span<const uint32_t> before, std::span<const uint32_t> now) const {
    const size_t turned = turn_ * ways, rest = before.size() - turned;
    return together_.lead(before.first(rest), now.subspan(turned)) && together_.lead(before.subspan(rest), now.first(turned));
  }
  std::vector<uint32_t> moved(std::span<const uint32_t> before) const {
    const size_t turned = turn_ * ways, rest = before.size() - turned;
    std::vector<uint32_t> now(before.size());
    together_.move(before.first(rest), std::span(now).subspan(turned));
    together_.move(before.subspan(rest), std::span(now).first(turned));
    return now;
  }

  size_t count, ways;

 private:
  size_t turn_;
  LineShift moved_;
  LineMoves together_;
};

}  // namespace

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

MissCounter::Block MissCounter::begin_block(int64_t accesses) {
  Block block;
  block.traced = trace_.mark();
  for (size_t level = 0; level < compared_; ++level) block.content.push_back(caches_[level]->content());
  block.has_log = needs_log(accesses);
  if (block.has_log) {
    for (const LevelMisses& misses : result_.levels) block.misses.push_back({misses.by_buffer, misses.by_reference, {}});
    block.logged = log_.size();
    ++logging_;
  } else {
    finish();
    block.misses = result_.levels;
  }
  return block;
}

// By level and line, each reference's as few progressions.
std::vector<MissCounter::Miss> MissCounter::misses_of(const Block& block) const {
  std::vector<Miss> missed;
  if (!block.has_log) {
    for (uint32_t level = 0; level < levels_; ++level)
      for (uint32_t line = 0; line < lines_.count; ++line)
        if (const int64_t times = result_.levels[level].by_line[line] - block.misses[level].by_line[line]) missed.push_back({level, line, -1, -1, times});
    return missed;
  }
  const size_t references = result_.levels[0].by_reference.size();
  std::vector<size_t> latest(levels_ * references, SIZE_MAX);   // by level and reference
  for (const Miss& miss : std::span(log_).subspan(block.logged)) {
    size_t& last = latest[miss.level * references + static_cast<size_t>(miss.reference)];
    if (last != SIZE_MAX && missed[last].join(miss)) continue;
    last = missed.size();
    missed.push_back(miss);
  }
  return missed;
}

// The lines of each set in the same order, moved, in the set to which they move.
bool MissCounter::is_alike(const Block& block, const Shift& shift) const {
  for (size_t level = 0; level < compared_; ++level)
    if (!holds_moved(level, block.content[level], shift)) return false;
  return true;
}
bool MissCounter::holds_moved(size_t level, const std::vector<uint32_t>& before, const Shift& shift) const {
  return MovedSets(*caches_[level], lines_, shift).are_moved(before, caches_[level]->content());
}

int64_t MissCounter::times_alike(size_t level, const std::vector<uint32_t>& before, const Shift& shift, const TouchesUpTo& blocks_to, int64_t times, bool& is_all_moved) const {
  const MovedSets sets(*caches_[level], lines_, shift);
  const std::vector<uint32_t>& now = caches_[level]->content();
  std::optional<BlockTouches> blocks;
  const auto leave_alone = [&](uint32_t line) {
    if (!sets.stay()) return void(times = 0);
    if (!blocks) blocks = blocks_to(times);
    if (line != CacheState::kNone) times = std::min(times, blocks->first(lines_.first + line) - 1);
  };
  for (size_t set = 0; set < sets.count && times > 0; ++set)
    for (size_t at = set * sets.ways, from = sets.before(set) * sets.ways, end = at + sets.ways; at < end && times > 0; ++at, ++from)
      if (!sets.is_moved(before[from], now[at])) {
        leave_alone(now[at]);
        if (before[from] != now[at]) leave_alone(before[from]);
      }
  is_all_moved = !blocks;
  return std::max<int64_t>(times, 0);
}

std::vector<uint32_t> MissCounter::content_later(size_t level, const std::vector<uint32_t>& before, const std::vector<uint32_t>& now, const Shift& shift, int64_t times) const {
  const MovedSets sets(*caches_[level], lines_, shift);
  std::vector<uint32_t> later(now.size());
  for (size_t set = 0; set < sets.count; ++set) {
    const auto held = std::span(before).subspan(set * sets.ways, sets.ways), holds = std::span(now).subspan(set * sets.ways, sets.ways);
    size_t moved = 0;
    while (moved < sets.ways && sets.is_moved(held[moved], holds[moved])) ++moved;
    // What lies behind a line that the block did not touch was not touched either: it lies where it does for what was put in front of it, in each block.
    const auto line_at = [&](size_t way) {
      for (int64_t blocks = times;; --blocks) {
        const uint32_t line = holds[way];
        if (way < moved) return line == CacheState::kNone ? line : static_cast<uint32_t>(line + blocks * sets.step_of(line));
        const auto from = line == CacheState::kNone ? way + static_cast<size_t>(std::ranges::count(holds, line) - std::ranges::count(held, line))
                                                    : static_cast<size_t>(std::ranges::find(held, line) - held.begin());
        if (blocks == 0 || from == way) return line;
        way = from;
      }
    };
    for (size_t way = 0; way < sets.ways; ++way) later[set * sets.ways + way] = line_at(way);
  }
  return later;
}

// For levels with room for all: a line that was new in the block is new wherever it moves to, and one that was not is then not.
int64_t MissCounter::blocks_with_new_lines(std::span<const Miss> missed, const Shift& shift, int64_t times) {
  const LineShift moved(lines_, shift);
  reached_.resize(static_cast<size_t>(lines_.count));
  for (size_t level = compared_; level < levels_; ++level) {
    // Odd: reached the level; even: was new there.
    stamp_ += 2;
    for (const Miss& miss : missed)
      miss.for_each_line([&](uint32_t line) {
        if (miss.level + 1 == level) reached_[line] = std::max(reached_[line], stamp_ - 1);
        else if (miss.level == level) reached_[line] = stamp_;
      });
    const auto is_new_later = [&](uint32_t line, int64_t step) {
      for (int64_t n = 1; n <= times; ++n) {
        const int64_t there = line + n * step;
        if (step == 0 || there < 0 || there >= lines_.count || caches_[level]->holds(static_cast<uint32_t>(there))) times = n - 1;
      }
    };
    const auto is_old_later = [&](uint32_t line, int64_t step) {
      if (reached_[line] == stamp_ || step == 0) return;
      const int64_t next = moved(line);
      if (next < 0 || reached_[static_cast<size_t>(next)] < stamp_ - 1) times = 0;
    };
    for (const Miss& miss : missed) {
      const int64_t step = moved.of(miss.line);
      if (miss.level == level) miss.for_each_line([&](uint32_t line) { is_new_later(line, step); });
      else if (miss.level + 1 == level) miss.for_each_line([&](uint32_t line) { is_old_later(line, step); });
    }
  }
  return times;
}

// What the block missed, moved on as often.
void MissCounter::count_moved(const Block& block, std::span<const Miss> missed, const Shift& shift, int64_t times) {
  const LineShift moved(lines_, shift);
  const auto repeat = [times](std::vector<int64_t>& all, const std::vector<int64_t>& then) {
    for (size_t i = 0; i < all.size(); ++i) all[i] += (all[i] - then[i]) * times;
  };
  for (size_t level = 0; level < levels_; ++level) {
    LevelMisses& now = result_.levels[level];
    repeat(now.by_buffer, block.misses[level].by_buffer);
    repeat(now.by_reference, block.misses[level].by_reference);
    totals_[level] = std::accumulate(now.by_buffer.begin(), now.by_buffer.end(), int64_t{0});
  }
  for (const Miss& miss : missed) {
    count_lines_moved(miss, moved.of(miss.line), times);
    if (miss.level < compared_) continue;
    for (int64_t n = 1; n <= times; ++n)
      miss.for_each_line([&](uint32_t line) { caches_[miss.level]->touch(static_cast<uint32_t>(line + n * moved.of(miss.line))); });
  }
}

// By line: each block's lines one after the other, those of all blocks together, or where each line goes; whichever are the fewest progressions.
void MissCounter::count_lines_moved(const Miss& miss, int64_t step, int64_t times) {
  Miss there = miss;
  there.line = static_cast<uint32_t>(miss.line + step);
  const auto count_there = [&] {
    line_counts_[there.level].add(int64_t{there.line} - there.step, there.step, there.count, there.times);
    if (logging_ > 0) log_.push_back(there);
  };
  if (step == 0 && (miss.count == 1 || miss.count >= kLeastRun)) {
    there.times *= times;
    count_there();
  } else if (step == int64_t{miss.step} * miss.count && miss.count >= kLeastRun && miss.count * times <= INT32_MAX) {
    there.count *= static_cast<int32_t>(times);
    count_there();
  } else if (times < miss.count && miss.count >= kLeastRun) {
    for (int64_t n = 1; n <= times; ++n, there.line += static_cast<uint32_t>(step)) count_there();
  } else {
    there.step = static_cast<int32_t>(step), there.count = static_cast<int32_t>(times);
    miss.for_each_line([&](uint32_t line) {
      there.line = static_cast<uint32_t>(line + step);
      count_there();
    });
  }
}

int64_t MissCounter::skip_blocks(const Block& block, const Shift& shift, int64_t times) {
  if (times > 0 && !is_alike(block, shift)) times = 0;
  std::vector<Miss> missed;
  if (times > 0) {
    if (!block.has_log) finish();
    missed = misses_of(block);
    times = blocks_with_new_lines(missed, shift, times);
  }
  if (block.has_log && --logging_ == 0) log_.clear();
  if (times == 0) return 0;
  count_moved(block, missed, shift, times);
  const size_t traced = trace_.mark();
  for (int64_t n = 1; n <= times && trace_.is_recording() && !trace_.is_full(); ++n) {
    const Shift so_far = shift.times(n);
    trace_.add_moved(block.traced, traced, LineShift(lines_, so_far));
  }
  move_content(shift.times(times));
  result_.blocks_left_out += times;
  return times;
}

void MissCounter::move_content(const Shift& shift) {
  for (size_t level = 0; level < compared_; ++level) caches_[level]->set_content(moved_content(level, caches_[level]->content(), shift));
}

std::vector<uint32_t> MissCounter::moved_content(size_t level, const std::vector<uint32_t>& before, const Shift& shift) const {
  return MovedSets(*caches_[level], lines_, shift).moved(before);
}

}  // namespace loopglass::locality
