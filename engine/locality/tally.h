// Per-element and per-reference counts of a function's runs.
#pragma once

#include "engine/locality/element_tally.h"
#include "engine/locality/footprint.h"

namespace loopglass::locality {

// Distinct elements of the loops whose iterations are met one by one: a loop's own number is stamped on what an iteration touches.
class Stamps {
 public:
  explicit Stamps(const Layout& layout);
  void begin(int depth);
  // Counts an element for all iterations under way.
  void touch(int buffer, int64_t element);
  // Elements per buffer of the innermost iteration under way, which ends.
  std::vector<int64_t> end();
  bool idle() const { return depth_ == 0; }
  // Bytes that the stamps of one loop level take.
  int64_t level_bytes() const;

 private:
  struct Level {
    uint32_t now = 0;
    std::vector<std::vector<uint32_t>> stamps;   // by buffer; made at first use
    std::vector<int64_t> counts;
  };
  const Layout& layout_;
  std::vector<Level> levels_;
  int depth_ = 0;
};

// Measures what one iteration of each loop touches.
class LoopTally : public RunSink {
 public:
  // `loops` stand, but for their footprints.
  LoopTally(std::vector<LoopFootprint>& loops, const Layout& layout) : loops_(loops), layout_(layout), footprints_(loops.size(), layout), stamps_(layout) {}

  void run(const Run& run) override;
  void iteration(const LoopItem& loop, std::span<const Run> runs, const Box& box) override;
  void begin_iteration(const LoopItem& loop) override;
  void end_iteration(const LoopItem& loop) override;
  void extent(const LoopItem& loop, int64_t count) override;

  // The same of an executed function, element by element.
  void begin_executed(int loop) { stamps_.begin(loop); }
  void end_executed(int loop) { footprints_.add_iteration(loop, stamps_.end()); }
  void touch(int buffer, int64_t element) { stamps_.touch(buffer, element); }

  void finish();

 private:
  std::vector<LoopFootprint>& loops_;
  const Layout& layout_;
  Footprints footprints_;
  Stamps stamps_;
};

// Fills an Access whose buffers, references and loops stand. Throws NoRoomForCounts where what has to be held by element takes more than `max_bytes`.
class Tally : public LoopTally {
 public:
  Tally(Access& access, const Layout& layout, int64_t max_bytes);

  void run(const Run& run) override;

  // What one scalar access adds, where the function is executed: before the first, hold_all().
  void hold_all();
  void element(int reference, int buffer, bool is_write, int64_t element, int64_t ordinal);

  // Derives totals, lines, bytes and footprints once all is counted.
  void finish(int64_t line);

 private:
  Access& access_;
  const Layout& layout_;
  int64_t room_;
  std::vector<ElementTally> elements_;   // by buffer
};

}  // namespace loopglass::locality
