// A nest's accesses as runs: boxes of iterations on which one reference moves by fixed steps.
//
// Every loop is cut into segments on which all terms that depend on it are affine, and guards decided; inside a segment each access is one
// run, whatever the number of iterations. Ordinals are exact, because every iteration of a segment makes the same number of accesses.
#pragma once

#include <span>

#include "engine/locality/nest.h"
#include "engine/support/interruption.h"
#include "engine/support/result.h"

namespace loopglass::locality {

// Access number `ordinal + sum of t_d * dims[d].ordinal` touches element `at + sum of t_d * dims[d].stride`, for all 0 <= t_d < dims[d].count.
// Loops that do not move the reference are folded into `repeat` and `span`: each element is touched `repeat` times, the last time `span`
// ordinals after the first.
struct Run {
  struct Dim {
    int64_t count, stride, ordinal;
    bool operator==(const Dim&) const = default;
  };
  int reference = 0;
  int buffer = 0;
  bool is_write = false;
  Linear at;                          // element of the buffer; its counters are those of the loops still open
  int64_t ordinal = 0;
  int64_t repeat = 1, span = 0;
  InlineVector<Dim, kMaxDepth> dims;  // strides are never 0
};

class RunSink {
 public:
  virtual ~RunSink() = default;
  // A run with no loop open.
  virtual void run(const Run&) {}
  // All runs of one iteration of a loop's segment: the loop and those outside it are open over the box.
  virtual void iteration(const LoopItem& loop, std::span<const Run> runs, const Box& box) { (void)loop, (void)runs, (void)box; }
  // The same for a loop whose iterations have too many runs to be held: they come one by one through run(), between these two.
  virtual void begin_iteration(const LoopItem& loop) { (void)loop; }
  virtual void end_iteration(const LoopItem& loop) { (void)loop; }
  // The number of iterations of a loop, each time that it is met.
  virtual void extent(const LoopItem& loop, int64_t count) { (void)loop, (void)count; }

  // The same in program order: a segment opens, the accesses and segments inside follow, it closes. Addresses are bytes from the buffer's
  // base, over the counters of the open segments.
  virtual void open_segment(const LoopItem& loop, int64_t first, int64_t count) { (void)loop, (void)first, (void)count; }
  virtual void access(const AccessItem& item, const Linear& address) { (void)item, (void)address; }
  virtual void close_segment() {}
  // What is open holds too much: it comes again, its outermost loop iteration by iteration.
  virtual void abandon_segments() {}
  // Whether the loop is to be met iteration by iteration from the start, and in which order. Asked only outside of segments.
  virtual bool streams(const LoopItem& loop) const { return (void)loop, false; }
  virtual int64_t iteration_at(const LoopItem& loop, int64_t n, int64_t count) { return (void)loop, (void)count, n; }
};

class Walker {
 public:
  // Above max_runs runs held at once, loops are streamed: one iteration after the other.
  Walker(const Nest& nest, const Layout& layout, RunSink& sink, Interruption stop, size_t max_runs = 20000);

  // Gives the number of accesses. Errors: KernelOutOfBounds, Cancelled.
  Result<int64_t> walk();
  // The accesses of one iteration of a loop: the loops in `fixed` at their counters.
  Result<int64_t> walk_iteration(const LoopItem& loop, const std::vector<int64_t>& counters);

 private:
  int64_t walk(const std::vector<Item>& items, int64_t start, bool may_emit);
  int64_t walk_loop(const LoopItem& loop, int64_t start, bool may_emit);
  int64_t walk_streaming(const LoopItem& loop, int64_t count, int64_t from, int64_t start);
  const std::vector<Item>* find_body(const std::vector<Item>& items, const LoopItem& loop, const std::vector<int64_t>& counters, bool& runs);
  void access(const AccessItem& item, int64_t ordinal);
  void close(const LoopItem& loop, size_t first_run, int64_t low, int64_t count, int64_t per_iteration, int64_t ordinal);
  void emit(int64_t start);
  int64_t segment_end(const LoopItem& loop, int64_t from, int64_t count);
  bool is_resolved(const LoopItem& loop, int64_t from, int64_t to);
  int64_t constant(const Term& term);
  void open_inner(const LoopItem& loop);

  const Nest& nest_;
  const Layout& layout_;
  RunSink& sink_;
  Interruption stop_;
  size_t max_runs_;
  Box box_;
  std::vector<Run> runs_;
  struct Lengths {
    int64_t last = 0, before = 0;
  };
  std::vector<Lengths> lengths_;       // of a loop's latest segments: the next is likely as long as one of them
  std::vector<const LoopItem*> path_;  // loops around what is walked
};

}  // namespace loopglass::locality
