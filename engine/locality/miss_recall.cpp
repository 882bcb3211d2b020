// MissCounter's iterations that lie as earlier ones did.
#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/locality/miss_counter.h"
#include "engine/locality/replay.h"

namespace loopglass::locality {

void MissCounter::begin_tree(const OrderedTree& tree) {
  followed_ = {};
  if (levels_ > 0 && lines_.is_separate) recalls_.begin_tree(tree, caches_[0]->sets(), caches_[0]->ways(), result_.line);
}

void MissCounter::recall(OrderedTree& tree, const OrderedNode& node) {
  RecallSite& site = *recalls_.site(node);
  if (followed_.node != &node) wake();
  site.find_bases(tree);
  const MissStream* stream = followed_.node ? site.find(tree, followed_.places) : nullptr;
  const bool is_lazy = stream != nullptr;
  if (is_lazy) ++result_.iterations_recalled;
  else stream = record(tree, node, site);
  if (!stream) return;
  ++recalled_;
  // The level behind has just seen these lines, in this order, and lost none of them: it finds them all, and holds them as before.
  const bool is_repeated = levels_ > 1 && followed_.stream && followed_.bases == site.bases() && followed_.stream->ends_with(*stream) && has_room_behind(*followed_.stream);
  for (const MissStream::Lane& lane : stream->lanes) count_run(run_of(lane, site.bases(), 1));
  trace_.add(*stream, site.bases());
  if (is_repeated) ++result_.iterations_found_behind;
  else pass_on(*stream, site.bases(), 1);
  followed_ = {&tree, &node, site.places(tree), site.bases(), stream, is_lazy};
}

// Executes the iteration in the nearest level, and gives what it let through. Null where no later iteration can recall it: then all levels have executed it.
const MissStream* MissCounter::record(OrderedTree& tree, const OrderedNode& node, RecallSite& site) {
  make_nearest();
  CacheState& nearest = *caches_[0];
  touched_in_set_.assign(nearest.sets(), 0);
  site.begin_stream();
  MissStream made;
  bool is_whole = true;
  const LineNumber line_of(result_.line);
  const auto pass_on_all = [&] {
    for (const MissStream::Lane& lane : made.lanes) count_run(run_of(lane, site.bases(), 1));
    trace_.add(made, site.bases());
    pass_on(made, site.bases(), 1);
  };
  IterationWalk(tree, line_of, nearest, lines_.first).walk(node, [&](size_t leaf) {
    const OrderedTree::Leaf& at = tree.leaves[leaf];
    const int64_t line = line_of(at.address);
    const auto number = static_cast<uint32_t>(line - lines_.first);
    const uint32_t way = nearest.touch_way(number);
    // What an iteration has touched is in front of what it has not.
    uint32_t& touched = touched_in_set_[nearest.set_of(number)];
    if (way >= touched && touched < nearest.ways()) ++touched;
    if (way < nearest.ways() || (is_whole && site.add(made, leaf, at, line))) return;
    if (std::exchange(is_whole, false)) pass_on_all();
    count(0, at.reference, at.buffer, number);
    trace_.add(at.reference, at.buffer, number);
    touch_from(1, levels_, at.reference, at.buffer, line);
  });
  const bool is_filled = std::ranges::min(touched_in_set_) == nearest.ways();   // nothing is left of what was there before
  if (is_whole && is_filled && site.has_room() && recalls_.has_room()) {
    const MissStream* const stream = recalls_.intern(std::move(made));
    if (followed_.node) site.keep(stream);
    return stream;
  }
  if (is_whole) pass_on_all();
  site.is_hopeless = true;
  followed_ = {};
  return nullptr;
}

MissRun MissCounter::run_of(const MissStream::Lane& lane, const std::vector<int64_t>& bases, size_t levels) {
  return {lane.reference, lane.buffer, bases[static_cast<size_t>(lane.buffer)] + lane.first, lane.step, lane.count, levels};
}

// Touches the levels from `from` on.
void MissCounter::pass_on(const MissStream& stream, const std::vector<int64_t>& bases, size_t from) {
  if (from == levels_) return;
  lanes_.clear();
  for (const MissStream::Lane& lane : stream.lanes) {
    MissRun run = run_of(lane, bases, from);
    run.count = 0;
    lanes_.push_back({run, static_cast<uint32_t>(run.first - lines_.first), static_cast<uint32_t>(lane.step)});
  }
  const bool is_traced = from == 0 && trace_.is_recording();
  const auto execute = [&](auto&& nearest, auto&& behind) __attribute__((always_inline)) {
    LaneUnderWay* const lanes = lanes_.data();
    for (uint8_t at : stream.order) {
      LaneUnderWay& lane = lanes[at];
      const uint32_t line = lane.line;
      lane.line += lane.step;
      size_t levels = from;
      if (!nearest.touch(line)) {
        ++levels;
        if (is_traced) trace_.add(lane.run.reference, lane.run.buffer, line);
        if (levels < levels_ && !behind.touch(line))
          for (++levels; levels < levels_ && !caches_[levels]->touch(line);) ++levels;
      }
      if (levels != lane.run.levels) {
        if (lane.run.levels > from) count_run(lane.run, static_cast<uint32_t>(from));
        lane.run.first = lines_.first + line, lane.run.count = 0, lane.run.levels = levels;
      }
      ++lane.run.count;
    }
  };
  caches_[from]->with_ways([&](auto&& nearest) __attribute__((always_inline)) {
    caches_[std::min(from + 1, levels_ - 1)]->with_ways([&](auto&& behind) __attribute__((always_inline)) { execute(nearest, behind); });
  });
  for (const LaneUnderWay& lane : lanes_)
    if (lane.run.levels > from) count_run(lane.run, static_cast<uint32_t>(from));
}

bool MissCounter::has_room_behind(const MissStream& stream) {
  if (stream.most_in_set < 0) {
    const int64_t sets = caches_[1]->sets();
    std::vector<int64_t> fullest(lines_.starts.size());
    std::vector<std::vector<int64_t>> in_set(fullest.size(), std::vector<int64_t>(static_cast<size_t>(sets)));
    for (const MissStream::Lane& lane : stream.lanes)
      for (int64_t n = 0; n < lane.count; ++n) {
        const auto buffer = static_cast<size_t>(lane.buffer);
        const int64_t line = lane.first + n * lane.step;
        fullest[buffer] = std::max(fullest[buffer], ++in_set[buffer][static_cast<size_t>((line % sets + sets) % sets)]);
      }
    stream.most_in_set = std::accumulate(fullest.begin(), fullest.end(), int64_t{0});
  }
  return stream.most_in_set <= caches_[1]->ways();
}

void MissCounter::make_nearest() {
  if (!std::exchange(followed_.is_lazy, false)) return;
  OrderedTree& tree = *followed_.tree;
  const OrderedNode& node = *followed_.node;
  const auto swap_places = [&] {
    for (size_t i = 0; i < followed_.places.size(); ++i) std::swap(tree.leaves[node.first_leaf + i].address, followed_.places[i]);
  };
  swap_places();
  const LineNumber line_of(result_.line);
  IterationWalk(tree, line_of, *caches_[0], lines_.first).walk(node, [&](size_t leaf) { caches_[0]->touch(static_cast<uint32_t>(line_of(tree.leaves[leaf].address) - lines_.first)); });
  swap_places();
}

}  // namespace loopglass::locality
