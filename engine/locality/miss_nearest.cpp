// MissCounter's periods of the nearest level alone.
#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/locality/miss_counter.h"

namespace loopglass::locality {

namespace {

constexpr int64_t kLeastUnits = 4;                          // to be worth a comparison
constexpr int64_t kLeastAccesses = 4;                       // of a unit, for each line that the level holds
constexpr int64_t kMostBetween = 6000000;                   // accesses of a unit, of which none can be a checkpoint
constexpr int64_t kMostContent = int64_t{1} << 22;          // lines of all contents kept

}  // namespace

bool MissCounter::may_have_nearest(int64_t accesses) const {
  return lines_.is_separate && compared_ > 0 && accesses >= kLeastUnits * kLeastAccesses * caches_[0]->sets() * caches_[0]->ways();
}

MissCounter::NearestPeriod MissCounter::begin_nearest(const Shift& shift, int64_t accesses, int64_t units, bool all_move) {
  const int64_t sets = caches_[0]->sets(), held = sets * caches_[0]->ways();
  if (accesses < kLeastAccesses * held || (checkpoints_ && accesses > kMostBetween)) return {};
  int64_t period = 1;
  for (int64_t moved : shift.lines) period = std::lcm(period, sets / std::gcd(sets, moved - shift.lines[0]));
  if (units < period + kLeastUnits || period > kMostContent / held) return {};
  trace_.begin();
  // What was there before is gone after as many units as a set has ways, if each of them brings it a line.
  const int64_t most_units = std::min(period + (all_move ? 2 : int64_t{caches_[0]->ways()} + kLeastUnits), units - 1);
  return {.shift = shift.times(period), .units = period, .content = {caches_[0]->content()}, .traced = {trace_.mark()}, .most_units = most_units, .recalled = recalled_, .all_move = all_move};
}

int64_t MissCounter::end_unit(NearestPeriod& period, const TouchesUpTo& periods_to, int64_t left) {
  period.content.push_back(caches_[0]->content());
  period.traced.push_back(trace_.mark());
  if (period.done() < period.units || trace_.is_full()) return 0;
  int64_t times = (left + period.units - 1) / period.units;
  if (!period.all_move) times = times_alike(0, period.before(), period.shift, periods_to, times, period.is_all_moved);
  else if (!holds_moved(0, period.before(), period.shift)) return 0;
  const int64_t replayed = std::min(times * period.units, period.is_all_moved ? left : left / period.units * period.units);
  result_.ends_partly_moved += replayed > 0 && !period.is_all_moved;
  count_nearest(period, replayed);
  return replayed;
}

void MissCounter::count_nearest(const NearestPeriod& period, int64_t replayed) {
  for (int64_t unit = 0; unit < std::min(period.units, replayed); ++unit) {
    const auto at = static_cast<size_t>(period.done() - period.units + unit);
    count_nearest(period.traced[at], period.traced[at + 1], period.shift, (replayed - unit - 1) / period.units + 1, 1);
  }
}

void MissCounter::count_nearest(size_t from, size_t to, const Shift& shift, int64_t units, int64_t times) {
  for (; from < to; ++from) {
    const MissTrace::Item item = trace_.at(from);
    if (item.lanes == 0) {
      count_nearest(from + 1, from + 1 + item.line, shift, units, times * item.count);
      from += item.line;
      continue;
    }
    // Along the line's way, or along the run.
    const int64_t moved = shift.lines[static_cast<size_t>(item.buffer)];
    const bool is_along = moved != 0 && units >= item.count;
    MissRun run{item.reference, item.buffer, lines_.first + item.line + moved, item.step, item.count, 1};
    if (is_along) std::swap(run.count, units), run.step = moved;
    for (int64_t n = 0; n < (is_along ? item.count : moved == 0 ? 1 : units); ++n, run.first += is_along ? item.step : moved) count_run(run, 0, moved == 0 ? times * units : times);
    if (is_along) std::swap(run.count, units);
  }
}

bool MissCounter::replay_unit(const NearestPeriod& period, int64_t n) {
  const auto unit = static_cast<size_t>(period.done() - period.units + n % period.units);
  const Shift shift = period.shift.times(1 + n / period.units);
  const LineShift moved(lines_, shift);
  replay(period.traced[unit], period.traced[unit + 1], moved);
  if (trace_.is_nested()) trace_.add_moved(period.traced[unit], period.traced[unit + 1], moved);
  ++result_.iterations_replayed;
  const bool is_known = period.is_all_moved || (n + 1) % period.units == 0;
  later_ = {&period, n + 1};
  return is_known;
}

std::vector<uint32_t> MissCounter::content_after(const NearestPeriod& period, int64_t replayed) const {
  if (!period.is_all_moved) return content_later(0, period.before(), period.content.back(), period.shift, replayed / period.units);
  return moved_content(0, period.content[static_cast<size_t>(period.done() - period.units + replayed % period.units)], period.shift.times(1 + replayed / period.units));
}

void MissCounter::end_nearest(const NearestPeriod& period, int64_t replayed) {
  later_ = {};
  if (replayed > 0) caches_[0]->set_content(content_after(period, replayed));
  trace_.end();
}

void MissCounter::replay(size_t from, size_t to, const LineShift& moved) {
  const auto execute = [&](auto&& behind) __attribute__((always_inline)) {
    while (from < to) {
      const MissTrace::Item item = trace_.at(from);
      if (item.lanes != 1 || may_miss_all(1, item.count)) return;
      ++from;
      touch_run({item.reference, item.buffer, lines_.first + moved(item.line), item.step, item.count, 1}, 1, behind);
    }
  };
  while (from < to && levels_ > 1) {
    caches_[1]->with_ways(execute);
    if (from == to) return;
    const MissTrace::Item item = trace_.at(from);
    if (item.lanes == 0) {
      replay_repeated(from, moved);
      from += 1 + item.line;
      continue;
    }
    by_turns_.clear();
    for (uint32_t lane = 0; lane < item.lanes; ++lane) {
      const MissTrace::Item at = trace_.at(from++);
      by_turns_.push_back({at.reference, at.buffer, lines_.first + moved(at.line), at.step, at.count, 1});
    }
    touch_behind(by_turns_, 1);
  }
}

// From the run's level on, which `nearest` touches fastest; counts the levels from `counted` on.
template <class Nearest>
inline __attribute__((always_inline)) void MissCounter::touch_run(MissRun run, uint32_t counted, Nearest&& nearest) {
  const size_t from = run.levels;
  const int64_t count = std::exchange(run.count, 0);
  auto line = static_cast<uint32_t>(run.first - lines_.first);
  for (int64_t n = 0; n < count; ++n, line += static_cast<uint32_t>(run.step)) {
    size_t levels = from;
    if (!nearest.touch(line))
      for (++levels; levels < levels_ && !caches_[levels]->touch(line);) ++levels;
    if (levels != run.levels) {
      if (run.levels > counted) count_run(run, counted);
      run.first += run.count * run.step, run.count = 0, run.levels = levels;
    }
    ++run.count;
  }
  if (run.levels > counted) count_run(run, counted);
}

void MissCounter::replay_repeated(size_t opened, const LineShift& moved) {
  const MissTrace::Item item = trace_.at(opened);
  for (int64_t done = 1; done <= item.count; ++done) {
    const Mark mark = begin_repetition(item.step);
    replay(opened + 1, opened + 1 + item.line, moved);
    // The level behind the nearest sees the same each time.
    const bool is_last = done + 1 > static_cast<int64_t>(levels_) || !has_missed(mark, static_cast<size_t>(done));
    end_repetition(mark, is_last ? item.count - done : 0);
    if (is_last) return;
  }
}

void MissCounter::touch_behind(std::span<MissRun> by_turns, uint32_t counted) {
  size_t levels = 1;
  const int64_t count = by_turns[0].count;
  for (int64_t last = 0; levels < levels_ && may_miss_all(levels, count) && (last = misses_all(levels, by_turns)) > 0; ++levels)
    for (int64_t n = count - last; n < count; ++n)
      for (const MissRun& run : by_turns) caches_[levels]->touch(static_cast<uint32_t>(run.first + n * run.step - lines_.first));
  for (MissRun& run : by_turns) run.levels = levels;
  if (levels == levels_) {
    for (const MissRun& run : by_turns) count_run(run, counted);
  } else if (by_turns.size() == 1) {
    caches_[levels]->with_ways([&](auto&& cache) __attribute__((always_inline)) { touch_run(by_turns[0], counted, cache); });
  } else {
    for (int64_t n = 0; n < count; ++n)
      for (const MissRun& run : by_turns) touch_run({run.reference, run.buffer, run.first + n * run.step, 0, 1, levels}, counted, *caches_[levels]);
  }
}

}  // namespace loopglass::locality
