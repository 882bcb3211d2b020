// How often the elements of one buffer are touched, and when.
#pragma once

#include <memory>
#include <unordered_map>

#include "engine/locality/key_hash.h"
#include "engine/locality/layout.h"
#include "engine/locality/touch_piece.h"

namespace loopglass::locality {

// Thrown where a buffer's elements have to be counted one by one, and there is no room for that.
struct NoRoomForCounts {
  ir::Buffer buffer;
};

class ElementTally {
 public:
  // `room`: bytes that all buffers together may still take.
  ElementTally(const PlacedBuffer& buffer, int64_t& room) : buffer_(buffer), room_(room) {}

  // Gives whether it was put together with others. Throws NoRoomForCounts.
  bool add(const TouchGroup& group);
  // One by one, from the start: where the function is executed. Throws NoRoomForCounts.
  void hold_all();
  void add(int64_t element, bool is_write, int64_t ordinal);

  // Writes the counts, lines and bytes used of what was added. Throws NoRoomForCounts.
  void finish(BufferAccess& counts, int64_t line);

 private:
  struct Dense {                    // by element
    DenseCounts reads, writes, first, last;
    std::vector<uint8_t, ZeroAllocator<uint8_t>> seen;
  };
  void write_groups();
  void write(const TouchGroup& group);
  void clear_groups();
  bool finish_pieces(BufferAccess& counts, ElementBits& touched);
  void finish_dense(BufferAccess& counts, ElementBits& touched);

  const PlacedBuffer& buffer_;
  int64_t& room_;
  std::vector<TouchGroup> groups_;  // that are not in dense_
  std::unordered_map<std::vector<int64_t>, std::vector<size_t>, KeyHash> by_elements_;   // into groups_
  std::unique_ptr<Dense> dense_;
};

}  // namespace loopglass::locality
