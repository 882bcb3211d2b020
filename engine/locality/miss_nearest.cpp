// MissCounter's periods of the nearest level alone.
#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/locality/miss_counter.h"

namespace loopglass::locality {

namespace {

constexpr int64_t kLeastUnits = 4;                          // to be worth a comparison
constexpr int64_t kLeastAccesses = 4;                       // of a unit, for each line that the level holds
constexpr int64_t kLeastRun = 64;                           // lines, to ask whether a level misses them all
constexpr int64_t kMostContent = int64_t{1} << 22;          // lines of all contents kept

}  // namespace

bool MissCounter::may_have_nearest(int64_t accesses) const {
  return lines_.is_separate && compared_ > 0 && accesses >= kLeastUnits * kLeastAccesses * caches_[0]->sets() * caches_[0]->ways();
}

MissCounter::NearestPeriod MissCounter::begin_nearest(const Shift& shift, int64_t accesses, int64_t units) {
  const int64_t sets = caches_[0]->sets(), held = sets * caches_[0]->ways();
  if (accesses < kLeastAccesses * held) return {};
  int64_t period = 1;
  for (int64_t moved : shift.lines) period = std::lcm(period, sets / std::gcd(sets, moved - shift.lines[0]));
  if (units < period + kLeastUnits || period > kMostContent / held) return {};
  trace_.begin();
  // What was there before is gone after as many units as a set has ways, if each of them brings it a line.
  const int64_t most_units = std::min(period + int64_t{caches_[0]->ways()} + kLeastUnits, units - 1);
  return {shift.times(period), period, {caches_[0]->content()}, {trace_.mark()}, most_units, recalled_};
}

bool MissCounter::end_unit(NearestPeriod& period) {
  period.content.push_back(caches_[0]->content());
  period.traced.push_back(trace_.mark());
  return period.done() >= period.units && !trace_.is_full() && holds_moved(0, period.content[static_cast<size_t>(period.done() - period.units)], period.shift);
}

void MissCounter::replay_unit(const NearestPeriod& period, int64_t n) {
  const auto unit = static_cast<size_t>(period.done() - period.units + n % period.units);
  const Shift shift = period.shift.times(1 + n / period.units);
  const LineShift moved(lines_, shift);
  replay(period.traced[unit], period.traced[unit + 1], moved);
  if (trace_.is_nested()) trace_.add_moved(period.traced[unit], period.traced[unit + 1], moved);
  if (checkpoints_) caches_[0]->set_content(content_after(period, n + 1));
  ++result_.iterations_replayed;
}

std::vector<uint32_t> MissCounter::content_after(const NearestPeriod& period, int64_t replayed) const {
  return moved_content(0, period.content[static_cast<size_t>(period.done() - period.units + replayed % period.units)], period.shift.times(1 + replayed / period.units));
}

void MissCounter::end_nearest(const NearestPeriod& period, int64_t replayed) {
  if (replayed > 0) caches_[0]->set_content(content_after(period, replayed));
  trace_.end();
}

void MissCounter::replay(size_t from, size_t to, const LineShift& moved) {
  const auto execute = [&](auto&& behind) __attribute__((always_inline)) {
    while (from < to) {
      const MissTrace::Item item = trace_.at(from);
      if (item.lanes != 1 || item.count >= kLeastRun) return;
      ++from;
      MissRun run{item.reference, item.buffer, lines_.first + moved(item.line), item.step, item.count, 1};
      count_run(run);
      if (levels_ > 1) touch_run(run, behind);
    }
  };
  while (from < to) {
    caches_[std::min<size_t>(1, levels_ - 1)]->with_ways(execute);
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
    touch_behind(by_turns_);
  }
}

// `behind`: what touches the second level fastest.
template <class Behind>
inline __attribute__((always_inline)) void MissCounter::touch_run(MissRun run, Behind&& behind) {
  const int64_t count = std::exchange(run.count, 0);
  auto line = static_cast<uint32_t>(run.first - lines_.first);
  for (int64_t n = 0; n < count; ++n, line += static_cast<uint32_t>(run.step)) {
    size_t levels = 1;
    if (!behind.touch(line))
      for (++levels; levels < levels_ && !caches_[levels]->touch(line);) ++levels;
    if (levels != run.levels) {
      count_run(run, 1);
      run.first += run.count * run.step, run.count = 0, run.levels = levels;
    }
    ++run.count;
  }
  count_run(run, 1);
}

void MissCounter::replay_repeated(size_t opened, const LineShift& moved) {
  const MissTrace::Item item = trace_.at(opened);
  for (int64_t done = 1; done <= item.count; ++done) {
    const Mark mark = begin_repetition(item.step);
    replay(opened + 1, opened + 1 + item.line, moved);
    const bool is_settled = this->is_settled(mark, done + 1);   // the nearest level lets the same through each time
    end_repetition(mark, is_settled ? item.count - done : 0);
    if (is_settled) return;
  }
}

void MissCounter::touch_behind(std::span<MissRun> by_turns) {
  size_t levels = 1;
  for (int64_t last = 0; levels < levels_ && by_turns[0].count >= kLeastRun && (last = misses_all(levels, by_turns)) > 0; ++levels)
    for (int64_t n = by_turns[0].count - last; n < by_turns[0].count; ++n)
      for (const MissRun& run : by_turns) caches_[levels]->touch(static_cast<uint32_t>(run.first + n * run.step - lines_.first));
  if (levels < levels_) return touch_by_turns(by_turns, levels);
  for (MissRun& run : by_turns) run.levels = levels, count_run(run);
}

// From a level that may hold some of them on.
void MissCounter::touch_by_turns(std::span<MissRun> by_turns, size_t from) {
  const int64_t count = by_turns[0].count;
  for (MissRun& run : by_turns) run.levels = from, run.count = 0;
  caches_[from]->with_ways([&](auto&& cache) __attribute__((always_inline)) {
    for (int64_t n = 0; n < count; ++n)
      for (MissRun& run : by_turns) {
        const auto line = static_cast<uint32_t>(run.first + run.count * run.step - lines_.first);
        size_t levels = from;
        if (!cache.touch(line))
          for (++levels; levels < levels_ && !caches_[levels]->touch(line);) ++levels;
        if (levels != run.levels) {
          if (run.count > 0) count_run(run);
          run.first += run.count * run.step, run.count = 0, run.levels = levels;
        }
        ++run.count;
      }
  });
  for (const MissRun& run : by_turns) count_run(run);
}

}  // namespace loopglass::locality
