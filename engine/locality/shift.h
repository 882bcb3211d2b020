// How the lines that a loop touches move from one iteration to the next.
#pragma once

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
  int64_t of(uint32_t line) const { return shift_.lines[lines_.owner(line)]; }
  // -1 where the line would leave its buffer. Lines count from LineRange::first.
  int64_t operator()(uint32_t line) const {
    const size_t owner = lines_.owner(line);
    const int64_t moved = line + shift_.lines[owner];
    return moved >= lines_.starts[owner] && moved < lines_.starts[owner + 1] ? moved : -1;
  }

 private:
  const LineRange& lines_;
  const Shift& shift_;
};

}  // namespace loopglass::locality
