// A nest's accesses in program order: loops of fixed extents around accesses whose addresses move by fixed steps.
#pragma once

#include <functional>

#include "engine/locality/walker.h"

namespace loopglass::locality {

// A loop, or one access where `body` is empty. The accesses below a node are the tree's leaves first_leaf to last_leaf - 1.
struct OrderedNode {
  size_t id = 0;                      // of a loop's segment, within its tree
  int loop = -1;                      // LoopItem::id
  int64_t first = 0;                  // the loop's counter at the first iteration
  size_t first_leaf = 0, last_leaf = 0;
  int64_t count = 1;                  // iterations
  int64_t accesses = 1;               // of one iteration
  std::vector<int64_t> steps;         // bytes that each leaf moves with each iteration
  // By leaf: as long as address / granule stays, every line that the leaf touches in one iteration stays.
  std::vector<int64_t> granules;
  std::vector<int64_t> phases;        // by leaf that moves by a line or more: iterations until it has moved by whole lines; else 0
  bool may_stay = false;              // some two iterations touch the same lines
  bool is_innermost = false;          // a loop that holds accesses alone
  bool leaves_lines = false;          // some leaf moves by a line or more with each iteration
  std::vector<OrderedNode> body;
};

struct OrderedTree {
  struct Leaf {
    int reference, buffer;
    int64_t address;                  // bytes, at the first iteration of all loops around
  };
  OrderedNode root;                   // of count 1
  std::vector<Leaf> leaves;
  size_t loops = 0;
};

// How the iterations of parallel loops are dealt to threads.
struct ThreadOrder {
  int threads = 1;
  int64_t chunk(int64_t count) const { return (count + threads - 1) / threads; }
  // The n-th iteration when the threads take turns, one iteration each, every thread from its chunk's start on.
  int64_t iteration_at(int64_t n, int64_t count) const;
};

// Builds trees as the walker goes, and gives each away once no loop is open. With more than one thread, loops that are parallel or hold a
// parallel one are walked iteration by iteration, in the threads' order.
class OrderedNest : public RunSink {
 public:
  // `run` gets the tree and the thread that executes it.
  OrderedNest(const Layout& layout, int64_t line, ThreadOrder order, std::function<void(OrderedTree&, int thread)> run);

  void open_segment(const LoopItem& loop, int64_t first, int64_t count) override;
  void access(const AccessItem& item, const Linear& address) override;
  void close_segment() override;
  void abandon_segments() override;
  bool streams(const LoopItem& loop) const override;
  int64_t iteration_at(const LoopItem& loop, int64_t n, int64_t count) override;
  void end_iteration(const LoopItem& loop) override;

 private:
  void give_away();

  const Layout& layout_;
  int64_t line_;
  ThreadOrder order_;
  std::function<void(OrderedTree&, int)> run_;
  OrderedTree tree_;
  std::vector<OrderedNode> open_;
  std::vector<Linear> moves_;                 // by leaf: its address over the counters of the open loops
  const LoopItem* parallel_ = nullptr;        // the parallel loop whose iteration is under way
  int thread_ = 0;
};

}  // namespace loopglass::locality
