// The distances of the touches of each line: how many at each power of two, the least and the largest of them.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/locality/reuse_distance.h"
#include "engine/locality/shift.h"
#include "engine/locality/stack_distance.h"

namespace loopglass::locality {

// Lines count from 0. Each needs 4 bytes, and 24 more for each power of two that its distances have.
class LineDistances {
 public:
  // Of touches of one line whose distances have as many bits.
  struct Touches {
    int64_t times;
    int32_t least, most;
  };
  struct Entry {
    Touches touches;
    uint32_t line, next;   // of the same line
    int bits() const { return std::bit_width(static_cast<uint32_t>(touches.least)); }
  };

  explicit LineDistances(int64_t lines) : latest_(static_cast<size_t>(lines), kNone) {}

  // `least` and `most` have as many bits.
  void add(uint32_t line, const Touches& more) {
    const int bits = std::bit_width(static_cast<uint32_t>(more.least));
    for (uint32_t at = latest_[line]; at != kNone; at = entries_[at].next) {
      if (entries_[at].bits() != bits) continue;
      Touches& touches = entries_[at].touches;
      touches.times += more.times;
      touches.least = std::min(touches.least, more.least), touches.most = std::max(touches.most, more.most);
      return;
    }
    entries_.push_back({more, line, latest_[line]});
    latest_[line] = static_cast<uint32_t>(entries_.size() - 1);
  }
  void add(const LineDistances& other);
  // What `block` has, again for each line moved 1 to `times` times as its buffer moves, all of them inside it.
  void add_moved(const LineDistances& block, const LineRange& lines, const Shift& shift, int64_t times);
  void clear();
  // In the order in which they came.
  std::span<const Entry> entries() const { return entries_; }
  // Lines without distances were touched once where the stack says that they were touched.
  LineReuse reuse(const StackDistance& stack) const;

 private:
  static constexpr uint32_t kNone = ~uint32_t{0};
  // Entries of one buffer's lines, whose distances have as many bits; `low` to `high` are the lines to which they can move.
  struct Moving {
    int64_t low, high, step;
    std::vector<const Entry*> entries;
  };

  void add_windows(const Moving& moving, int64_t times);
  void write(uint32_t line, LineReuse& to) const;

  std::vector<uint32_t> latest_;   // by line: its latest entry
  std::vector<Entry> entries_;
};

}  // namespace loopglass::locality
