// What the nearest cache lets through, in the order in which it reaches the caches behind.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/locality/miss_run.h"
#include "engine/locality/miss_stream.h"
#include "engine/locality/shift.h"

namespace loopglass::locality {

class MissTrace {
 public:
  // Of the lines line, line + step, ... of one reference (lines count from `first_line` on). Where lanes > 1, this and the next lanes - 1 items are touched by
  // turns. Where lanes = 0, the next `line` items are made `count` times, `step` touches or more each time.
  struct Item {
    int32_t reference, buffer;
    uint32_t line;
    int32_t step;
    uint32_t count, lanes;
  };

  explicit MissTrace(int64_t first_line) : first_line_(first_line) {}

  // Records until as many ends as begins have come, then forgets.
  void begin() { ++depth_; }
  void end();
  void forget() { depth_ = 0, items_.clear(), is_full_ = false; }
  bool is_recording() const { return depth_ > 0; }
  // Others record around the one that began last.
  bool is_nested() const { return depth_ > 1; }
  // It has become too long, and lacks something.
  bool is_full() const { return is_full_; }

  // Where what follows begins.
  size_t mark() { return sealed_ = items_.size(); }
  Item at(size_t place) const { return items_[place]; }

  void add(int reference, int buffer, uint32_t line) { add({reference, buffer, line, 0, 1, 1}); }
  void add(std::span<const MissRun> by_turns);
  void add(const MissStream& stream, const std::vector<int64_t>& bases);
  // What stands at [from, to) once more, moved.
  void add_moved(size_t from, size_t to, const LineShift& moved);

  // One repetition; gives its place.
  size_t open();
  void close(size_t opened, int64_t touches);
  // The closed repetition happens `times` times, and what was recorded behind it is some of these.
  void repeat(size_t opened, int64_t times);

 private:
  void add(const Item& item);
  void push(const Item& item);

  int64_t first_line_;
  int depth_ = 0;
  bool is_full_ = false;
  size_t sealed_ = 0;          // items before this one stay as they are
  std::vector<Item> items_;
};

}  // namespace loopglass::locality
