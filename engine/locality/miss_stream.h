// Lines touched one after the other, as few progressions.
#pragma once

#include <compare>
#include <cstdint>
#include <tuple>
#include <vector>

namespace loopglass::locality {

struct MissStream {
  // The lines first, first + step, ... of one reference; `first` counts from a line of the buffer.
  struct Lane {
    int reference, buffer;
    int64_t first, step, count;
    auto operator<=>(const Lane&) const = default;
  };
  std::vector<Lane> lanes;
  std::vector<uint8_t> order;                          // by touch: the lane of which it is the next one
  mutable int64_t most_in_set = -1;                    // of the level behind the nearest, wherever the buffers lie; -1: not known yet
  mutable const MissStream* compared = nullptr;        // the stream that it was last compared with,
  mutable bool ends_with_it = false;                   // and what came out

  bool operator<(const MissStream& other) const { return std::tie(lanes, order) < std::tie(other.lanes, other.order); }
  // Whether the last touches of this one are all those of the other.
  bool ends_with(const MissStream& other) const;
};

// The last lanes of what is appended together.
using OpenLanes = std::vector<uint8_t>;

constexpr int64_t kUnknownStep = INT64_MIN;

// Appends a touch, to an open lane if it is that one's next line. `step`: of a new lane; where it is not known, the lane's second touch tells. False where there
// are too many lanes.
bool append(MissStream& stream, OpenLanes& open, int reference, int buffer, int64_t line, int64_t step = kUnknownStep);

}  // namespace loopglass::locality
