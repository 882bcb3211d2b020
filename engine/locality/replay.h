// Executes a tree of ordered accesses on what keeps a state of lines, leaving out what cannot change it.
//
// A sequence of lines that is repeated at once leaves an LRU state as its first run did, so from some repetition on everything happens as
// in the one before: the sink says from which, and multiplies.
#pragma once

#include <algorithm>
#include <array>
#include <span>

#include "engine/locality/fold_maker.h"
#include "engine/locality/miss_run.h"
#include "engine/locality/ordered_nest.h"
#include "engine/locality/stretch.h"
#include "engine/support/interruption.h"

namespace loopglass::locality {

// Thrown where it is to stop.
struct ReplayStopped {};

// Sink:
//   void touch(int reference, int buffer, int64_t line);
//   void begin_alike(int64_t times), end_alike(int64_t times);   // of a sink whose repetitions are alike from the second on; of others:
//   Mark begin_repetition(int64_t accesses);               // repetitions nest
//   bool is_settled(const Mark&, int64_t repetitions);     // whether a further repetition would count what the last one counted
//   Streams streams(const Mark&); int64_t alike(const Streams&, const Mark&);   // levels that let the same through as then
//   void end_repetition(const Mark&, int64_t times);       // what was counted since the mark happens `times` more often
//   int64_t settles_after() const;                         // repetitions after which is_settled holds at the earliest
//   bool folds_parts() const;                              // whether folds of some of a loop's iterations are of use
//   bool may_hold(int64_t lines) const;                    // whether a fold of so many lines can hold
//   int64_t period_of(shift, accesses, count) const; Block begin_block(accesses); int64_t skip_blocks(block, shift, times);   // as MissCounter
//   bool apply(const Fold&, bases);                        // executes it, if it holds here
//   int64_t misses_all(level, runs); void touch_nearest(line); void pass_on(runs);                             // thrash
//   size_t touch_uncounted(reference, buffer, line); void count_run(const MissRun&);
//   size_t most_streamed() const; uint32_t nearest_set(int64_t line) const;     // of loops that hold accesses alone (stream)
//   bool may_recall(node); void recall(tree, node); void wake();   // only of sinks that have caches, as MissCounter; so are the next four
//   NearestPeriod begin_nearest(shift, accesses, units, all_move); int64_t end_unit(period, periods_to, left);
//   bool replay_unit(period, n); void end_nearest(period, replayed);
//   void reached(int64_t time);                            // now and then: the number of accesses made
//   void left_out(int64_t time, int64_t length, int64_t times, const Shift&);   // blocks of so many accesses, from `time` on
template <class Sink>
class Replay {
 public:
  // `time`: the number of accesses made before the tree's.
  Replay(OrderedTree& tree, Sink& sink, LineNumber line, FoldMaker& folds, const Interruption& stop, int64_t time = 0)
      : tree_(tree), sink_(sink), line_(line), folds_(folds), stop_(stop), time_(time) {}

  void run() { body(tree_.root), wake(); }
  // The tree's accesses number `from` to `to` - 1 alone.
  void run(int64_t from, int64_t to) { body(tree_.root, from, to), wake(); }

  void loop(const OrderedNode& node) {
    if (node.accesses * node.count >= kLeastFolded && !(is_streamed(node) && node.leaves_lines) && fold(node)) return;
    execute(node, node.count);
  }

  // The first iterations of the loop.
  void execute(const OrderedNode& node, int64_t count) {
    iterations(node, count);
    move(node, -count);
  }

 private:
  static constexpr bool kHasCaches = requires(Sink& sink, const OrderedNode& node) { sink.may_recall(node); };
  static constexpr int64_t kLeastFolded = 64;   // accesses
  static constexpr int64_t kLeastThrashed = 8;  // iterations
  static constexpr int64_t kPhases = 4;         // most that are told apart
  static constexpr int kBlocksTried = 12, kBlocksFailed = 48;   // of one execution of a loop, of all
  static constexpr int kNearestFailed = 16;     // executions of a loop in vain
  static constexpr int64_t kMostFailures = 256, kMadeInVain = 8;   // of a fold
  static constexpr size_t kReplayed = 4096;     // counted as so much work

  // From where the loop stands; leaves it behind them.
  void iterations(const OrderedNode& node, int64_t count) { iterate(node, count - by_blocks(node, count)); }

  // In a block all lines have to move.
  void iterate(const OrderedNode& node, int64_t count, bool is_block = false) {
    if (is_streamed(node)) return stream(node, count);
    iterate_one_by_one(node, count - by_nearest(node, count, is_block));
  }

  void iterate_one_by_one(const OrderedNode& node, int64_t count) {
    for (int64_t left = count; left > 0;) {
      count_work(1);
      const int64_t same = node.may_stay ? unmoved(node, left) : 1;
      const bool stays = same > sink_.settles_after();
      const int64_t alike = stays ? 0 : by_whole_lines(node, left);
      left -= alike;
      if (alike > 0) continue;
      int64_t done = 1;
      if (stays) repeat(node, done = same);
      else if (const int64_t folded = fold_part(node, left)) done = folded;
      else iteration(node);
      move(node, done);
      left -= done;
    }
  }

  // Of one execution of the loop.
  void loop(const OrderedNode& node, int64_t from, int64_t to) {
    const int64_t size = node.accesses;
    if (from == 0 && to == size * node.count) return loop(node);
    int64_t at = from / size;
    move(node, at);
    if (from % size != 0) {
      body(node, from % size, std::min(to - at * size, size));
      if (to < (at + 1) * size) return move(node, -at);
      move(node, 1), ++at;
    }
    iterations(node, to / size - at);
    if (to % size != 0) body(node, 0, to % size);
    move(node, -(to / size));
  }

  // Of one iteration of the loop.
  void body(const OrderedNode& node, int64_t from, int64_t to) {
    int64_t start = 0;
    for (const OrderedNode& part : node.body) {
      const int64_t low = std::max<int64_t>(from - start, 0), high = std::min(to - start, part.accesses * part.count);
      if (low < high && part.body.empty()) wake(), touch(tree_.leaves[part.first_leaf]), ++time_;
      else if (low < high) loop(part, low, high);
      start += part.accesses * part.count;
    }
  }

  bool is_streamed(const OrderedNode& node) const { return node.is_innermost && node.last_leaf - node.first_leaf <= sink_.most_streamed(); }

  // A loop that holds fewer accesses than the nearest cache has ways, and nothing else. An access that stays on its line finds it there in
  // every iteration but the first. Touching it again matters only where other lines of its set were touched in this iteration or the one before.
  void stream(const OrderedNode& node, int64_t count) {
    wake();
    const size_t leaves = node.last_leaf - node.first_leaf;
    OrderedTree::Leaf* const leaf = &tree_.leaves[node.first_leaf];
    while (count > 0) {
      const Stretch stretch(node, leaf, count, line_, [&](int64_t line) { return sink_.nearest_set(line); });
      const int64_t together = stretch.iterations;
      const size_t moving = stretch.moving;
      moving_ = stretch.movers;
      count_work(leaves + static_cast<size_t>(together) * moving);
      bool met_before = true;
      for (int64_t n = 0; n < (moving == 0 ? 1 : together); ++n) {
        if (n == 1 && thrash(node, moving, together - 1)) break;
        bool meets = false;
        for (size_t m = 0; m < moving; ++m) {
          const size_t i = moving_[m];
          if (n > 0) leaf[i].address += node.steps[i];
          meets = meets || stretch.meets(sink_.nearest_set(line_(leaf[i].address)));
        }
        if (meets || met_before)
          for (size_t i = 0; i < leaves; ++i) touch_run(i, leaf[i], node.steps[i], node.phases[i]);
        else
          for (size_t m = 0; m < moving; ++m) touch_run(moving_[m], leaf[moving_[m]], node.steps[moving_[m]], node.phases[moving_[m]]);
        met_before = meets;
      }
      for (size_t i = 0; i < leaves; ++i) leaf[i].address += node.steps[i] * (std::abs(node.steps[i]) >= line_.size() ? 1 : together);
      time_ += node.accesses * together;
      count -= together;
    }
    for (MissRun& run : std::span(runs_).first(leaves * kPhases)) end_run(run);
  }

  // The next `count` iterations of a streamed loop, where it is plain that those that move miss every time, in the nearest level at least; the last
  // iterations then tell what it holds. False where that is not plain.
  bool thrash(const OrderedNode& node, size_t moving, int64_t count) {
    if (count < kLeastThrashed) return false;
    OrderedTree::Leaf* const leaf = &tree_.leaves[node.first_leaf];
    size_t runs = 0;
    for (size_t m = 0; m < moving; ++m) {
      const OrderedTree::Leaf& at = leaf[moving_[m]];
      const int64_t step = node.steps[moving_[m]], first = line_(at.address + step);
      if (step % line_.size() != 0) return false;
      // The second touch of a line in an iteration finds it.
      const auto same = [&](const MissRun& run) { return run.first == first && run.step * line_.size() == step; };
      if (std::any_of(thrashed_.begin(), thrashed_.begin() + runs, same)) continue;
      thrashed_[runs++] = {at.reference, at.buffer, first, step / line_.size(), count, 0};
    }
    const std::span<MissRun> all(thrashed_.data(), runs);
    for (size_t i = 0; i < node.steps.size(); ++i)
      if (std::abs(node.steps[i]) < line_.size() && std::ranges::any_of(all, [&](const MissRun& run) { return comes_to(run, line_(leaf[i].address)); })) return false;
    const int64_t last = sink_.misses_all(0, all);
    if (last == 0) return false;
    for (int64_t n = count - last; n < count; ++n)
      // What a cache holds is told by the last touches, which those that stay make in the last iteration.
      for (size_t i = 0; i < node.steps.size(); ++i) {
        const bool stays = std::abs(node.steps[i]) < line_.size();
        if (!stays || n + 1 == count) sink_.touch_nearest(line_(leaf[i].address + (stays ? 0 : node.steps[i] * (n + 1))));
      }
    sink_.pass_on(all);
    for (size_t m = 0; m < moving; ++m) leaf[moving_[m]].address += node.steps[moving_[m]] * count;
    return true;
  }

  // Executes `count` iterations in blocks of as many as a period has, until one is alike to the one before; gives the iterations done.
  int64_t by_blocks(const OrderedNode& node, int64_t count) {
    if (!sink_.may_have_periods(node.accesses * count)) return 0;
    FoldSite& site = folds_.site(tree_, node);
    return by_blocks(node, count, site.shift(), site.blocks);
  }

  // The same for the next iterations in which every access either moves by whole lines or stays on its lines: they are alike sooner. For stack
  // distances alone; caches would want all buffers to move by as many sets. Gives 0 where these are too few.
  int64_t by_whole_lines(const OrderedNode& node, int64_t left) {
    if constexpr (requires { sink_.begin_alike(left); }) {
      if (!sink_.may_have_periods(node.accesses * left)) return 0;
      FoldSite& site = folds_.site(tree_, node);
      if (site.shift().period <= 1 || site.stretches.failed >= kBlocksFailed) return 0;
      for (size_t leaf = node.first_leaf; leaf < node.last_leaf; ++leaf)
        if (node.steps[leaf - node.first_leaf] % line_.size() != 0) left = std::min(left, unmoved_by(node, leaf));
      Shift shift{1, site.shift().lines};
      for (int64_t& moved : shift.lines) moved = moved % site.shift().period == 0 ? moved / site.shift().period : 0;
      return by_blocks(node, left, shift, site.stretches);
    } else {
      return 0;
    }
  }

  int64_t by_blocks(const OrderedNode& node, int64_t count, const Shift& shift, FoldSite::Blocks& blocks) {
    if (!sink_.may_have_periods(node.accesses * count)) return 0;
    const int64_t period = blocks.failed < kBlocksFailed ? sink_.period_of(shift, node.accesses, count) : 0;
    if (period == 0) return 0;
    const Shift moved = shift.times(period / shift.period);
    const int64_t before = std::min(blocks.before, count / period - 2);
    blocks.before = 0;
    int64_t done = before * period;
    iterate(node, done);
    for (int tries = 0; tries < kBlocksTried && done + 2 * period <= count; ++tries) {
      wake();
      const auto block = sink_.begin_block(node.accesses * period);
      iterate(node, period, true);
      done += period;
      wake();
      const int64_t times = sink_.skip_blocks(block, moved, (count - done) / period), skipped = times * period;
      if (times > 0) sink_.left_out(time_, node.accesses * period, times, moved);
      move(node, skipped);
      time_ += node.accesses * skipped;
      done += skipped;
      ++blocks.failed;
      if (skipped == 0) continue;
      blocks.failed = 0;
      blocks.before = std::max<int64_t>(0, before + tries - 1);   // one less: fewer may do next time
      break;
    }
    return done;
  }

  // Executes iterations until the nearest level holds what it held some before; then replays what that one let through. Gives the iterations done.
  int64_t by_nearest(const OrderedNode& node, int64_t count, bool all_move) {
    int64_t done = 0;
    if constexpr (kHasCaches) {
      if (!sink_.may_have_nearest(node.accesses * count)) return 0;
      FoldSite& site = folds_.site(tree_, node);
      const int64_t unit = site.shift().period;
      if (unit == 0) return 0;
      if (!site.touches) site.touches.emplace(node, line_.size());
      for (bool is_alike = true; is_alike && site.nearest_failed < kNearestFailed;) {
        auto period = sink_.begin_nearest(site.shift(), node.accesses * unit, (count - done) / unit, all_move);
        if (period.units == 0) break;
        const int64_t replayed = replay_nearest(node, period, *site.touches, unit, (count - done) / unit);
        done += (period.done() + replayed) * unit;
        is_alike = replayed > 0;
        site.nearest_failed = is_alike ? 0 : site.nearest_failed + 1;
      }
    }
    return done;
  }

  // Of the next units of so many iterations; gives the number of those replayed.
  template <class Period>
  int64_t replay_nearest(const OrderedNode& node, Period& period, const LoopTouches& touches, int64_t unit, int64_t units) {
    int64_t replayed = 0;
    const auto periods_to = [&](int64_t last) { return BlockTouches(tree_, touches, period.units * unit, last); };
    while (replayed == 0 && sink_.is_hopeful(period)) {
      iterate_one_by_one(node, unit);
      wake();
      replayed = sink_.end_unit(period, periods_to, units - period.done() - 1);
    }
    for (int64_t n = 0; n < replayed; ++n) {
      const bool is_known = sink_.replay_unit(period, n);
      move(node, unit);
      time_ += node.accesses * unit;
      if (is_known) count_work(kReplayed);
    }
    sink_.end_nearest(period, replayed);
    return replayed;
  }

  void body(const OrderedNode& node) {
    for (const OrderedNode& part : node.body)
      if (part.body.empty()) wake(), touch(tree_.leaves[part.first_leaf]), ++time_;
      else loop(part);
  }

  // Of a loop, where it stands.
  void iteration(const OrderedNode& node) {
    if constexpr (kHasCaches)
      if (sink_.may_recall(node)) {
        count_work(static_cast<size_t>(node.accesses) / 4);
        sink_.recall(tree_, node);
        time_ += node.accesses;
        return;
      }
    body(node);
  }
  void wake() {
    if constexpr (kHasCaches) sink_.wake();
  }

  void touch(const OrderedTree::Leaf& leaf) { sink_.touch(leaf.reference, leaf.buffer, line_(leaf.address)); }

  // A leaf that moves by whole lines in few iterations: what misses as many levels as so many iterations ago is counted together.
  void touch_run(size_t at, const OrderedTree::Leaf& leaf, int64_t step, int64_t phases) {
    if (phases == 0 || phases > kPhases) return touch(leaf);
    turns_[at] = turns_[at] + 1 < phases ? turns_[at] + 1 : 0;
    MissRun& run = runs_[at * kPhases + static_cast<size_t>(turns_[at])];
    const int64_t line = line_(leaf.address);
    const size_t levels = sink_.touch_uncounted(leaf.reference, leaf.buffer, line);
    if (levels != run.levels || run.count == 0 || run.first + run.count * run.step != line) {
      end_run(run);
      run = {leaf.reference, leaf.buffer, line, step * phases / line_.size(), 0, levels};
    }
    ++run.count;
  }
  void end_run(MissRun& run) {
    if (run.count > 0 && run.levels > 0) sink_.count_run(run);
    run.count = 0;
  }

  // Executes the loop by its fold; false where there is none, or it does not hold.
  bool fold(const OrderedNode& node) {
    FoldSite& site = folds_.site(tree_, node);
    return !site.is_hopeless && sink_.may_hold(site.least_lines()) && fold(node, site);
  }

  // Executes as many iterations as the site has, without moving the loop.
  bool fold(const OrderedNode& node, FoldSite& site) {
    std::unique_ptr<Fold>* const found = site.find(tree_);
    if (!found) return false;
    if (!*found && !folds_.has_room()) return false;
    const bool is_new = !*found;
    if (is_new) *found = make_fold(node, site.iterations, site.bases());
    const Fold& fold = **found;
    const auto lines = static_cast<int64_t>(fold.first.size());
    // Two touches of every line should be far fewer than the accesses. (Where the loop lies otherwise its lines are as many, but for some at the edges.)
    if (lines * 4 > node.accesses * site.iterations || !sink_.may_hold(lines)) return site.is_hopeless = true, false;
    count_work(fold.first.size());
    wake();
    if (sink_.apply(fold, site.bases())) {
      site.failures = std::max<int64_t>(0, site.failures - 8);
      time_ += node.accesses * site.iterations;
      return true;
    }
    site.failures += is_new ? kMadeInVain : 1;
    site.is_hopeless = site.failures >= kMostFailures;   // it holds less than once in nine times
    return false;
  }

  // A loop that is too large for a fold may still have folds of some of its iterations; gives how many it executed by one.
  int64_t fold_part(const OrderedNode& node, int64_t left) {
    if (!sink_.folds_parts() || node.count < 4 || node.is_innermost) return 0;
    FoldSite* site = folds_.part(node);
    if (!site) site = &folds_.part(tree_, node, node.count / 2);
    while (site->iterations >= 2 && (site->is_hopeless || !sink_.may_hold(site->least_lines()))) site = &folds_.part(tree_, node, site->iterations / 2);
    if (site->iterations < 2 || site->iterations > left || !fold(node, *site)) return 0;
    return site->iterations;
  }

  std::unique_ptr<Fold> make_fold(const OrderedNode& node, int64_t iterations, std::vector<int64_t> bases) {
    ReuseCounter& maker = folds_.begin();
    Replay<ReuseCounter> replay(tree_, maker, line_, folds_, stop_);
    replay.execute(node, iterations);
    return folds_.end(bases);
  }

  void count_work(size_t touches) {
    if ((work_ += touches) < 4096) return;
    work_ = 0;
    if (stop_.stop_requested()) throw ReplayStopped{};
    sink_.reached(time_);
  }

  // Iterations from here on that touch the same lines; 1 where they are fewer than 3.
  int64_t unmoved(const OrderedNode& node, int64_t left) const {
    for (size_t leaf = node.first_leaf; leaf < node.last_leaf; ++leaf) {
      if (node.steps[leaf - node.first_leaf] == 0) continue;
      const int64_t same = unmoved_by(node, leaf);
      if (same == 1) return 1;
      left = std::min(left, same);
    }
    return left;
  }

  // Iterations from here on in which an access that moves stays on its lines; 1 where they are fewer than 3.
  int64_t unmoved_by(const OrderedNode& node, size_t leaf) const {
    const int64_t step = node.steps[leaf - node.first_leaf], granule = node.granules[leaf - node.first_leaf];
    const int64_t address = tree_.leaves[leaf].address, offset = (granule & (granule - 1)) == 0 ? address & (granule - 1) : address % granule;
    const int64_t room = step > 0 ? granule - 1 - offset : offset, size = std::abs(step);
    return room < 2 * size ? 1 : 1 + room / size;   // nobody asks whether it is 1 or 2
  }

  void move(const OrderedNode& node, int64_t iterations) {
    for (size_t leaf = node.first_leaf; leaf < node.last_leaf; ++leaf) tree_.leaves[leaf].address += node.steps[leaf - node.first_leaf] * iterations;
  }

  void repeat(const OrderedNode& node, int64_t times) {
    if constexpr (requires { sink_.begin_alike(times); }) {
      body(node);
      sink_.begin_alike(times - 1);
      body(node);
      sink_.end_alike(times - 1);
      time_ += node.accesses * (times - 2);
    } else {
      repeat_until_settled(node, times);
    }
  }

  void repeat_until_settled(const OrderedNode& node, int64_t times) {
    typename Sink::Streams first;   // what the levels let through in the first repetition
    int64_t alike = 0;              // so many levels, from the nearest on, let the same through in the second
    size_t traced = 0;              // the first of the repetitions of which the nearest lets the same through
    sink_.begin_series(node.accesses);
    for (int64_t done = 1;; ++done) {
      const auto mark = sink_.begin_repetition(node.accesses);
      iteration(node);
      if (done == 1) first = sink_.streams(mark);
      if (done <= 2) traced = mark.traced;
      bool settled = sink_.is_settled(mark, done + alike);
      if (done == 2 && !settled) {
        alike = sink_.alike(first, mark);
        settled = sink_.is_settled(mark, done + alike);
      }
      sink_.end_repetition(mark, settled ? times - done : 0);
      if (settled) time_ += node.accesses * (times - done);
      if (settled && done >= 2) sink_.end_alike_repetitions(traced, times - 1);
      if (settled || done == times) break;
    }
    sink_.end_series(node.accesses);
  }

  OrderedTree& tree_;
  Sink& sink_;
  LineNumber line_;
  FoldMaker& folds_;
  const Interruption& stop_;
  int64_t time_;
  std::array<size_t, kMostStretched> moving_;
  std::array<MissRun, kMostStretched> thrashed_{};
  std::array<MissRun, kMostStretched * kPhases> runs_{};   // by leaf and phase
  std::array<int64_t, kMostStretched> turns_{};            // by leaf: its phase
  size_t work_ = 0;   // touches, or more, since the token was asked
};

}  // namespace loopglass::locality
