#include "engine/locality/miss_stream.h"

#include <algorithm>

namespace loopglass::locality {

namespace {

constexpr size_t kMostLanes = 255, kMostOpen = 4;

// By touch: the buffer and the line.
std::vector<std::pair<int, int64_t>> touches_of(const MissStream& stream) {
  std::vector<int64_t> next;
  for (const MissStream::Lane& lane : stream.lanes) next.push_back(lane.first);
  std::vector<std::pair<int, int64_t>> touches;
  for (uint8_t lane : stream.order) {
    touches.emplace_back(stream.lanes[lane].buffer, next[lane]);
    next[lane] += stream.lanes[lane].step;
  }
  return touches;
}

}  // namespace

bool MissStream::ends_with(const MissStream& other) const {
  if (this == &other) return true;
  if (compared == &other) return ends_with_it;
  compared = &other;
  ends_with_it = order.size() >= other.order.size();
  if (!ends_with_it) return false;
  const auto all = touches_of(*this), last = touches_of(other);
  return ends_with_it = std::equal(last.begin(), last.end(), all.end() - static_cast<std::ptrdiff_t>(last.size()));
}

bool append(MissStream& stream, OpenLanes& open, int reference, int buffer, int64_t line, int64_t step) {
  auto at = std::ranges::find_if(open, [&](uint8_t n) {
    MissStream::Lane& lane = stream.lanes[n];
    if (step == kUnknownStep && lane.count == 1) lane.step = line - lane.first;
    return lane.first + lane.count * lane.step == line;
  });
  if (at == open.end()) {
    if (stream.lanes.size() == kMostLanes) return false;
    if (open.size() == kMostOpen) open.erase(open.begin());
    open.push_back(static_cast<uint8_t>(stream.lanes.size()));
    at = std::prev(open.end());
    stream.lanes.push_back({reference, buffer, line, step == kUnknownStep ? 0 : step, 0});
  }
  ++stream.lanes[*at].count;
  stream.order.push_back(*at);
  return true;
}

}  // namespace loopglass::locality
