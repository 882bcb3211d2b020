// A hierarchy of caches that counts its misses; the sink of a Replay.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "engine/locality/cache_model.h"
#include "engine/locality/cache_state.h"
#include "engine/locality/checkpoints.h"
#include "engine/locality/fold.h"
#include "engine/locality/line_counts.h"
#include "engine/locality/loop_touches.h"
#include "engine/locality/miss_run.h"
#include "engine/locality/miss_trace.h"
#include "engine/locality/recall.h"
#include "engine/locality/shift.h"

namespace loopglass::locality {

// The first levels of a hierarchy, up to the one before the first that has room for all lines; all of them where one behind that has not.
size_t levels_that_evict(const std::vector<CacheLevel>& levels, int64_t line, const LineRange& lines);

class MissCounter {
 public:
  // Requires levels of whole numbers of sets, and fewer than 2^32 - 1 lines. `checkpoints`: null, or of the levels that evict, of thread 0.
  MissCounter(const CacheOptions& options, LineRange lines, CacheResult& result, Checkpoints* checkpoints = nullptr);

  // The thread whose private levels are meant from now on.
  void set_thread(int thread) { caches_ = threads_[static_cast<size_t>(thread)].data(); }

  void touch(int reference, int buffer, int64_t line) { touch_from(0, levels_, reference, buffer, line); }
  // Touches the levels from `level` to `end` - 1; gives whether the last of them missed too.
  bool touch_from(size_t level, size_t end, int reference, int buffer, int64_t line) {
    const auto number = static_cast<uint32_t>(line - lines_.first);
    for (; level < end; ++level) {
      if (caches_[level]->touch(number)) return false;
      count(level, reference, buffer, number);
      if (level == 0) trace_.add(reference, buffer, number);
    }
    return true;
  }

  size_t most_streamed() const { return levels_ == 0 ? 0 : std::min<size_t>(caches_[0]->ways(), 16); }
  uint32_t nearest_set(int64_t line) const { return set_of(0, line); }

  // Gives the number of levels that missed; count_run counts them.
  size_t touch_uncounted(int reference, int buffer, int64_t line) {
    const auto number = static_cast<uint32_t>(line - lines_.first);
    if (levels_ == 0 || caches_[0]->touch(number)) return 0;
    trace_.add(reference, buffer, number);
    size_t level = 1;
    while (level < levels_ && !caches_[level]->touch(number)) ++level;
    return level;
  }
  void count_run(const MissRun& run, uint32_t from_level = 0, int64_t times = 1);
  // Runs of as many lines each, touched by turns, that the nearest level lets through.
  void pass_on(std::span<MissRun> by_turns) {
    trace_.add(by_turns);
    touch_behind(by_turns, 0);
  }
  // Whether a level plainly misses all lines of the runs, which are touched by turns: it holds none of them, and none comes twice. Gives the number of last
  // touches of each that fill all sets that they come to; 0 where it is not so, or there are not as many.
  int64_t misses_all(size_t level, std::span<const MissRun> runs);
  void touch_nearest(int64_t line) { caches_[0]->touch(static_cast<uint32_t>(line - lines_.first)); }

  // Iterations that fill the nearest level (recall.h). What it holds behind them is made only when something else asks for it: before it is touched otherwise,
  // `wake` has to be called.
  void begin_tree(const OrderedTree& tree);
  bool may_recall(const OrderedNode& node) {
    const RecallSite* const site = recalls_.site(node);
    return site && !site->is_hopeless;
  }
  // Executes one iteration of such a loop.
  void recall(OrderedTree& tree, const OrderedNode& node);
  void wake() {
    if (!followed_.node) return;
    make_nearest();
    followed_ = {};
  }

  // Repetitions: a level behaves the same from the one after that on which the level before it does. So after levels + 1 of them all do, and after
  // fewer where a level let the same through in the first as in the second: what is behind it sees the same from the first on.
  struct Mark {
    size_t logged = 0, totals = 0;                      // into log_, totals_before_
    std::unique_ptr<std::vector<LevelMisses>> before;   // where a log could grow too long
    size_t traced = 0;                                  // its place in trace_
    int64_t accesses = 0;
  };
  Mark begin_repetition(int64_t accesses);
  bool is_settled(const Mark& mark, int64_t repetitions) const;
  bool has_missed(const Mark& mark, size_t level) const { return totals_[level] != totals_before_[mark.totals + level]; }
  // What each level but the last let through in one repetition: a stretch of the log, or the misses by line.
  struct Streams {
    size_t from = 0, to = 0;
    std::vector<std::vector<int64_t>> by_line;
  };
  Streams streams(const Mark& mark);
  int64_t alike(const Streams& streams, const Mark& mark);
  // Keeps the log of repetitions of so many accesses until the series of them ends.
  void begin_series(int64_t accesses) { logging_ += needs_log(accesses); }
  void end_series(int64_t accesses) {
    if (needs_log(accesses) && --logging_ == 0) log_.clear();
  }
  void end_repetition(const Mark& mark, int64_t times);
  // All repetitions from this one on, `times` of them, let through what it did.
  void end_alike_repetitions(size_t traced, int64_t times) { trace_.repeat(traced, times); }
  int64_t settles_after() const { return 2; }

  // A fold holds where the nearest cache has room in each set for all its lines: then each misses at its first touch at most, and the
  // levels behind see nothing else.
  bool folds_parts() const { return true; }
  bool may_hold(int64_t lines) const { return lines_.is_separate && levels_ > 0 && lines <= int64_t{caches_[0]->sets()} * caches_[0]->ways(); }
  bool apply(const Fold& fold, const std::vector<int64_t>& bases);
  // After the last touch.
  void finish() {
    for (LineCounts& counts : line_counts_) counts.settle();
  }

  // Periods: where the caches after some iterations hold what they held before them, moved as the loop moves, all further iterations
  // miss likewise, moved on. A level that has room for all lines of the function only has to be told which are new.
  //
  bool may_have_periods(int64_t accesses) const { return accesses >= 3 * work_ && has_periods_; }
  // How many iterations of a loop to compare: a multiple of the shift's period, 0 where it does not pay.
  int64_t period_of(const Shift& shift, int64_t accesses, int64_t count) const;
  struct Block {
    std::vector<std::vector<uint32_t>> content;   // of the levels that are compared
    std::vector<LevelMisses> misses;              // before it; by line only where there is no log
    size_t logged = 0;                            // into log_
    bool has_log = false;
    size_t traced = 0;                            // where trace_ stood
  };
  Block begin_block(int64_t accesses);
  // After a block that moved by `shift`: leaves out as many of the `times` next ones as are alike; gives their number.
  int64_t skip_blocks(const Block& block, const Shift& shift, int64_t times);

  // Periods of the nearest level alone: where it holds after some iterations what it held a period earlier, moved, all further iterations let through
  // what those of the period before did, moved, which the levels behind execute.
  struct NearestPeriod {
    Shift shift;                                  // of a period
    int64_t units;                                // groups of iterations in a period; 0: there is none
    std::vector<std::vector<uint32_t>> content;   // before each unit, and behind the last one executed
    bool is_all_moved = true;                                        // all that the level held has moved; else units are replayed by whole periods
    std::vector<size_t> traced;                   // where it begins in trace_
    int64_t most_units;                           // worth executing in vain
    int64_t recalled;                             // iterations that had been recalled, or recorded, when it began
    bool all_move;                                // only an end that has wholly moved counts
    int64_t done() const { return static_cast<int64_t>(content.size()) - 1; }
    const std::vector<uint32_t>& before() const { return content[static_cast<size_t>(done() - units)]; }   // the last period
  };
  bool may_have_nearest(int64_t accesses) const;
  // `shift`: of one unit. `all_move`: only where all that the level holds moves.
  NearestPeriod begin_nearest(const Shift& shift, int64_t accesses, int64_t units, bool all_move);
  // Whether to go on where no end was alike yet. (Where iterations are recalled, replaying them gains nothing.)
  bool is_hopeful(const NearestPeriod& period) const { return period.done() < period.most_units && recalled_ == period.recalled && !trace_.is_full(); }
  // After a unit: how many of the `left` further ones can be replayed.
  using TouchesUpTo = std::function<BlockTouches(int64_t last)>;   // what the periods, or blocks, up to this one touch
  int64_t end_unit(NearestPeriod& period, const TouchesUpTo& periods_to, int64_t left);
  // The n-th further one, from 0 on. Gives whether all levels now hold what they do behind it; between periods the nearest may not.
  bool replay_unit(const NearestPeriod& period, int64_t n);
  // After so many further ones.
  void end_nearest(const NearestPeriod& period, int64_t replayed);

  // Empties the caches of thread 0.
  void forget();
  // The number of lines that one of them holds.
  int64_t lines_held(size_t level) const;
  // What thread 0's levels hold, as far as they evict.
  Checkpoints::Content content() const;
  void set_content(const Checkpoints::Content& content);
  void reached(int64_t time) {
    if (checkpoints_) checkpoints_->offer(time, [this] { return make_nearest(), make_later(), content(); });
  }
  void left_out(int64_t time, int64_t length, int64_t times, const Shift& shift) {
    if (checkpoints_) checkpoints_->left_out(time, length, times, shift);
  }

 private:
  static constexpr int32_t kLeastRun = 4;           // lines that are counted together
  // Of the lines line, line + step, ..., each `times` times.
  struct Miss {
    uint32_t level, line;
    int reference, buffer;
    int64_t times;
    int32_t step = 0, count = 1;
    bool operator==(const Miss&) const = default;
    // Calls act with each line.
    template <class Act>
    void for_each_line(const Act& act) const {
      uint32_t at = line;
      for (int32_t n = 0; n < count; ++n, at += static_cast<uint32_t>(step)) act(at);
    }
    // Takes on the lines of the next miss of its level and reference, if they go on as its own do.
    bool join(const Miss& next);
  };
  void count(size_t level, int reference, int buffer, uint32_t line) { count(Miss{static_cast<uint32_t>(level), line, reference, buffer, 1}); }
  void count(const Miss& miss) {
    add(miss, miss.times);
    if (logging_ > 0) log_.push_back(miss);
  }
  void add(const Miss& miss, int64_t times) {
    LevelMisses& misses = result_.levels[miss.level];
    const int64_t all = times * miss.count;
    totals_[miss.level] += all;
    misses.by_buffer[static_cast<size_t>(miss.buffer)] += all;
    misses.by_reference[static_cast<size_t>(miss.reference)] += all;
    if (miss.count == 1) misses.by_line[miss.line] += times;
    else line_counts_[miss.level].add(int64_t{miss.line} - miss.step, miss.step, miss.count, times);
  }
  bool holds_moved(size_t level, const std::vector<uint32_t>& before, const Shift& shift) const;
  // Lines that did not move in a block, or not as it moves, do no harm as long as nothing touches them: a set keeps them in their order, and lets them go like any.
  // Gives how many of the `times` next blocks a level so does the same in; whether all of its lines have moved.
  int64_t times_alike(size_t level, const std::vector<uint32_t>& before, const Shift& shift, const TouchesUpTo& blocks_to, int64_t times, bool& is_all_moved) const;
  // What the level then holds after so many more blocks; `now` after the first.
  std::vector<uint32_t> content_later(size_t level, const std::vector<uint32_t>& before, const std::vector<uint32_t>& now, const Shift& shift, int64_t times) const;
  std::vector<uint32_t> moved_content(size_t level, const std::vector<uint32_t>& content, const Shift& shift) const;
  std::vector<uint32_t> content_after(const NearestPeriod& period, int64_t replayed) const;
  // Counts what the nearest level lets through of so many further units.
  void count_nearest(const NearestPeriod& period, int64_t replayed);
  void count_nearest(size_t from, size_t to, const Shift& shift, int64_t units, int64_t times);
  // Touches the levels behind it with what the trace holds there, moved.
  void replay(size_t from, size_t to, const LineShift& moved);
  template <class Nearest>
  void touch_run(MissRun run, uint32_t counted, Nearest&& nearest);
  void replay_repeated(size_t opened, const LineShift& moved);
  // Runs that the levels in front of `counted` have counted.
  void touch_behind(std::span<MissRun> by_turns, uint32_t counted);
  // Whether it is worth asking whether a level misses all lines of runs.
  bool may_miss_all(size_t level, int64_t count) const { return count >= 2 * int64_t{caches_[level]->ways()}; }
  // What the nearest level has just executed, which tells all that it holds.
  struct Followed {
    OrderedTree* tree = nullptr;
    const OrderedNode* node = nullptr;      // null: something else
    std::vector<int64_t> places, bases;     // by leaf: its address then; by buffer
    const MissStream* stream = nullptr;     // what came through
    bool is_lazy = false;                   // the level does not hold it yet
  };
  const MissStream* record(OrderedTree& tree, const OrderedNode& node, RecallSite& site);
  static MissRun run_of(const MissStream::Lane& lane, const std::vector<int64_t>& bases, size_t levels);
  void pass_on(const MissStream& stream, const std::vector<int64_t>& bases, size_t from);
  bool has_room_behind(const MissStream& stream);
  void make_nearest();
  void make_later() {
    if (later_.period) caches_[0]->set_content(content_after(*later_.period, later_.replayed));
  }
  // A copy of all counts is cheaper than a log of that many accesses, and bounded.
  bool needs_log(int64_t accesses) const { return accesses <= 4 * lines_.count + 1024; }
  std::vector<Miss> misses_of(const Block& block) const;
  void move_content(const Shift& shift);
  bool is_alike(const Block& block, const Shift& shift) const;
  int64_t blocks_with_new_lines(std::span<const Miss> missed, const Shift& shift, int64_t times);
  void count_moved(const Block& block, std::span<const Miss> missed, const Shift& shift, int64_t times);
  void count_lines_moved(const Miss& miss, int64_t step, int64_t times);
  uint32_t set_of(size_t level, int64_t line) const { return caches_[level]->set_of(static_cast<uint32_t>(line - lines_.first)); }
  void count_in_sets(const Fold& fold);
  bool has_room(const Fold& fold, const std::vector<int64_t>& bases);
  void touch_first(const Fold& fold, const std::vector<int64_t>& bases);
  void repeat_difference(const std::vector<LevelMisses>& before, int64_t times);

  CacheResult& result_;
  const LineRange lines_;
  Checkpoints* checkpoints_;
  size_t levels_, evicting_;
  std::vector<std::unique_ptr<CacheState>> owned_;
  std::vector<std::vector<CacheState*>> threads_;   // by thread and level; shared levels are one object
  CacheState* const* caches_ = nullptr;             // of the present thread
  std::vector<int64_t> totals_;                     // misses by level
  std::vector<int64_t> totals_before_;              // at the start of the repetitions under way
  std::vector<Miss> log_;                           // of the repetitions and blocks under way
  std::vector<LineCounts> line_counts_;             // by level: of what is left out in blocks
  size_t compared_ = 0;                             // levels before the first that has room for all lines
  bool has_periods_ = true;
  int64_t work_ = 0;                                // accesses that a comparison costs less than
  int logging_ = 0;
  std::vector<uint32_t> reached_;                   // by line: the stamp of the comparison in which it reached a level
  uint32_t stamp_ = 0;
  MissTrace trace_;
  std::vector<MissRun> by_turns_;                   // being replayed
  Recalls recalls_;
  int64_t recalled_ = 0;                            // iterations recalled or recorded
  std::vector<uint32_t> touched_in_set_;            // lines of the nearest level that the iteration being recorded has touched
  Followed followed_;
  struct Later {
    const NearestPeriod* period = nullptr;
    int64_t replayed = 0;
  };
  Later later_;                                     // what the nearest level holds while units are replayed, which is made when someone asks
  struct LaneUnderWay {
    MissRun run;                                    // that last missed alike
    uint32_t line, step;                            // the next one
  };
  std::vector<LaneUnderWay> lanes_;                 // of a stream that is passed on
  std::vector<uint32_t> in_set_;                    // lines of a fold, by set; zeros in between
};

}  // namespace loopglass::locality
