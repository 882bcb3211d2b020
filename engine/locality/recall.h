// What the nearest cache lets through of one iteration of a loop, kept for all iterations that lie alike.
//
// Where an iteration touches as many lines in each set as the set has ways, nothing is left of what was there before, so where its references lie tells what
// the cache holds behind it. What the cache lets through of the next iteration is then told by where the two lie, up to turns of all sets together.
#pragma once

#include <memory>
#include <set>
#include <unordered_map>

#include "engine/locality/cache_state.h"
#include "engine/locality/key_hash.h"
#include "engine/locality/miss_stream.h"
#include "engine/locality/ordered_nest.h"
#include "engine/locality/stretch.h"

namespace loopglass::locality {

// One loop's iterations.
class RecallSite {
 public:
  // `sets`: of the nearest cache.
  RecallSite(const OrderedTree& tree, const OrderedNode& node, int64_t sets, int64_t line);

  bool is_hopeless = false;
  // What an iteration here lets through that follows one whose leaves stood at `before`; null where that is not known yet.
  const MissStream* find(const OrderedTree& tree, const std::vector<int64_t>& before);
  // For the key that was looked for.
  void keep(const MissStream* stream) { streams_.emplace(key_, stream); }
  bool has_room() const;

  void find_bases(const OrderedTree& tree);
  const std::vector<int64_t>& bases() const { return bases_; }   // by buffer: the line from which its lanes count
  std::vector<int64_t> places(const OrderedTree& tree) const;    // by leaf: its address

  // Appends the touch of a line by a leaf of the loop; false where there are too many lanes.
  bool add(MissStream& stream, size_t leaf, const OrderedTree::Leaf& at, int64_t line);
  void begin_stream() { open_.assign(open_.size(), {}); }

 private:
  size_t first_leaf_;
  int64_t sets_, line_;
  std::vector<size_t> anchors_;            // by leaf: the first leaf of the same buffer
  std::vector<int64_t> steps_;             // by leaf: lines from one touch to the next of a lane
  std::vector<OpenLanes> open_;            // by leaf
  std::vector<int64_t> key_, bases_;
  std::unordered_map<std::vector<int64_t>, const MissStream*, KeyHash> streams_;
};

// Those of a tree's loops that come to lie alike often.
class Recalls {
 public:
  void begin_tree(const OrderedTree& tree, int64_t sets, int64_t ways, int64_t line);
  // Null where the loop is not worth it.
  RecallSite* site(const OrderedNode& node) { return node.id < sites_.size() ? sites_[node.id].get() : nullptr; }
  // The same object for equal streams.
  const MissStream* intern(MissStream stream);
  bool has_room() const;

 private:
  std::vector<std::unique_ptr<RecallSite>> sites_;   // by loop
  std::set<MissStream> streams_;
  size_t touches_ = 0;                               // of all streams
};

// One iteration of a loop, access by access: touch(leaf), with the leaves where they stand then. Of the loops inside that hold accesses alone, no more of them than a
// set has ways, those are left out that find their line again, and where its set saw no other line in this iteration and the one before: they change nothing.
class IterationWalk {
 public:
  IterationWalk(OrderedTree& tree, LineNumber line, const CacheState& nearest, int64_t first_line) : tree_(tree), line_(line), nearest_(nearest), first_line_(first_line) {}

  template <class Touch>
  void walk(const OrderedNode& node, const Touch& touch) {
    for (const OrderedNode& part : node.body) {
      if (part.body.empty()) touch(part.first_leaf);
      else if (part.is_innermost && part.last_leaf - part.first_leaf <= std::min<size_t>(nearest_.ways(), kMostStretched)) walk_innermost(part, touch);
      else {
        for (int64_t n = 0; n < part.count; ++n) walk(part, touch), move(part, 1);
        move(part, -part.count);
      }
    }
  }

 private:
  template <class Touch>
  void walk_innermost(const OrderedNode& node, const Touch& touch) {
    OrderedTree::Leaf* const leaf = &tree_.leaves[node.first_leaf];
    for (int64_t left = node.count; left > 0;) {
      const auto set_of = [&](int64_t line) { return nearest_.set_of(static_cast<uint32_t>(line - first_line_)); };
      const Stretch stretch(node, leaf, left, line_, set_of);
      bool met_before = true;
      for (int64_t n = 0; n < (stretch.moving == 0 ? 1 : stretch.iterations); ++n) {
        bool meets = false;
        for (size_t m = 0; m < stretch.moving; ++m) {
          OrderedTree::Leaf& mover = leaf[stretch.movers[m]];
          if (n > 0) mover.address += node.steps[stretch.movers[m]];
          meets = meets || stretch.meets(set_of(line_(mover.address)));
        }
        if (meets || met_before)
          for (size_t i = node.first_leaf; i < node.last_leaf; ++i) touch(i);
        else
          for (size_t m = 0; m < stretch.moving; ++m) touch(node.first_leaf + stretch.movers[m]);
        met_before = meets;
      }
      for (size_t m = 0; m < stretch.moving; ++m) leaf[stretch.movers[m]].address -= node.steps[stretch.movers[m]] * (stretch.iterations - 1);
      move(node, stretch.iterations);
      left -= stretch.iterations;
    }
    move(node, -node.count);
  }

  void move(const OrderedNode& loop, int64_t iterations) {
    for (size_t leaf = loop.first_leaf; leaf < loop.last_leaf; ++leaf) tree_.leaves[leaf].address += loop.steps[leaf - loop.first_leaf] * iterations;
  }

  OrderedTree& tree_;
  LineNumber line_;
  const CacheState& nearest_;
  int64_t first_line_;
};

}  // namespace loopglass::locality
