// A hierarchy of caches that counts its misses; the sink of a Replay.
#pragma once

#include <memory>

#include "engine/locality/cache_model.h"
#include "engine/locality/cache_state.h"
#include "engine/locality/fold.h"
#include "engine/locality/line_range.h"

namespace loopglass::locality {

class MissCounter {
 public:
  // Requires levels of whole numbers of sets, and fewer than 2^32 - 1 lines.
  MissCounter(const CacheOptions& options, LineRange lines, CacheResult& result);

  // The thread whose private levels are meant from now on.
  void set_thread(int thread) { caches_ = threads_[static_cast<size_t>(thread)].data(); }

  void touch(int reference, int buffer, int64_t line) { touch_from(0, levels_, reference, buffer, line); }
  // Touches the levels from `level` to `end` - 1; gives whether the last of them missed too.
  bool touch_from(size_t level, size_t end, int reference, int buffer, int64_t line) {
    const auto number = static_cast<uint32_t>(line - lines_.first);
    for (; level < end; ++level) {
      if (caches_[level]->touch(number)) return false;
      count(level, reference, buffer, number);
    }
    return true;
  }

  // Repetitions: a level behaves the same from the one after that on which the level before it does. So after levels + 1 of them all do.
  struct Mark {
    size_t logged = 0, totals = 0;                      // into log_, totals_before_
    std::unique_ptr<std::vector<LevelMisses>> before;   // where a log could grow too long
  };
  Mark begin_repetition(int64_t accesses);
  bool is_settled(const Mark& mark, int64_t repetitions) const;
  void end_repetition(const Mark& mark, int64_t times);
  int64_t settles_after() const { return 2; }

  // A fold holds where the nearest cache has room in each set for all its lines: then each misses at its first touch at most, and the
  // levels behind see nothing else.
  bool may_hold(int64_t lines) const { return lines_.is_separate && levels_ > 0 && lines <= int64_t{caches_[0]->sets()} * caches_[0]->ways(); }
  bool apply(const Fold& fold, const std::vector<int64_t>& bases);

 private:
  struct Miss {
    uint32_t level, line;
    int reference, buffer;
    int64_t times;
  };
  void count(size_t level, int reference, int buffer, uint32_t line) {
    add({static_cast<uint32_t>(level), line, reference, buffer, 1}, 1);
    if (logging_ > 0) log_.push_back({static_cast<uint32_t>(level), line, reference, buffer, 1});
  }
  void add(const Miss& miss, int64_t times) {
    LevelMisses& misses = result_.levels[miss.level];
    totals_[miss.level] += times;
    misses.by_buffer[static_cast<size_t>(miss.buffer)] += times;
    misses.by_reference[static_cast<size_t>(miss.reference)] += times;
    misses.by_line[miss.line] += times;
  }
  bool has_room(const Fold& fold, const std::vector<int64_t>& bases);
  void repeat_difference(const std::vector<LevelMisses>& before, int64_t times);

  CacheResult& result_;
  LineRange lines_;
  size_t levels_;
  std::vector<std::unique_ptr<CacheState>> owned_;
  std::vector<std::vector<CacheState*>> threads_;   // by thread and level; shared levels are one object
  CacheState* const* caches_ = nullptr;             // of the present thread
  std::vector<int64_t> totals_;                     // misses by level
  std::vector<int64_t> totals_before_;              // at the start of the repetitions under way
  std::vector<Miss> log_;                           // of the repetitions under way
  int logging_ = 0;
  std::vector<uint32_t> in_set_;                    // lines of a fold, by set; zeros in between
};

}  // namespace loopglass::locality
