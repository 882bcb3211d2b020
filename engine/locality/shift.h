// How the lines that a loop touches move from one iteration to the next.
#pragma once

#include <span>

#include "engine/locality/line_range.h"
#include "engine/locality/ordered_nest.h"

namespace loopglass::locality {

// After `period` iterations the loop does the same, every line of buffer b moved by lines[b].
struct Shift {
  int64_t period = 0;               // 0: there is none
  std::vector<int64_t> lines;       // 0 for buffers that the loop does not touch

  Shift times(int64_t factor) const;
};

// None where references to one buffer move apart.
Shift shift_of(const OrderedTree& tree, const OrderedNode& node, int64_t line, size_t buffers);

// Where lines go when each moves with its buffer.
class LineShift {
 public:
  // `lines` outlives it.
  LineShift(const LineRange& lines, const Shift& shift) : lines_(lines), shift_(shift) {}
  int64_t of(uint32_t line) const {
    find_owner(line);
    return by_;
  }
  // -1 where the line would leave its buffer. Lines count from LineRange::first.
  int64_t operator()(uint32_t line) const {
    find_owner(line);
    const int64_t moved = line + by_;
    return moved >= low_ && moved < high_ ? moved : -1;
  }

 private:
  void find_owner(int64_t line) const {
    if (line >= low_ && line < high_) return;
    const size_t owner = lines_.owner(static_cast<uint32_t>(line));
    low_ = lines_.starts[owner], high_ = lines_.starts[owner + 1], by_ = shift_.lines[owner];
  }

  const LineRange& lines_;
  const Shift& shift_;
  mutable int64_t low_ = 0, high_ = 0, by_ = 0;   // of the buffer asked for last
};

// The same of many lines at once, without asking for the owner of each. UINT32_MAX, no line, stays as it is.
class LineMoves {
 public:
  LineMoves(const LineRange& lines, const Shift& shift);
  // Whether each line moves to the one at its place in `to`, inside its buffer.
  bool lead(std::span<const uint32_t> from, std::span<const uint32_t> to) const;
  void move(std::span<const uint32_t> from, std::span<uint32_t> to) const;

 private:
  struct Moving {
    uint32_t low, count, by;                      // of a buffer that moves
  };
  bool lead_all(std::span<const uint32_t> from, std::span<const uint32_t> to) const;
  void move_all(std::span<const uint32_t> from, std::span<uint32_t> to) const;

  std::vector<Moving> moving_;
};

}  // namespace loopglass::locality
