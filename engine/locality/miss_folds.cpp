// MissCounter's loops of which first and last touches are executed.
#include <algorithm>
#include <numeric>

#include "engine/locality/miss_counter.h"

namespace loopglass::locality {

namespace {

constexpr size_t kMostPlaces = 4096;   // of one fold, remembered

}  // namespace

// Wherever a buffer lies, its lines fall into sets in the same numbers.
int64_t MissCounter::most_in_set(const Fold& fold) {
  const int64_t sets = caches_[0]->sets();
  std::vector<int64_t> fullest(lines_.starts.size());
  std::vector<std::vector<int64_t>> in_set(fullest.size());
  for (const Fold::Touch& t : fold.last) {
    auto& of_buffer = in_set[static_cast<size_t>(t.buffer)];
    of_buffer.resize(static_cast<size_t>(sets));
    int64_t& most = fullest[static_cast<size_t>(t.buffer)];
    most = std::max(most, ++of_buffer[static_cast<size_t>((t.line % sets + sets) % sets)]);
  }
  return std::accumulate(fullest.begin(), fullest.end(), int64_t{0});
}

bool MissCounter::has_room(const Fold& fold, const std::vector<int64_t>& bases) {
  const CacheState& cache = *caches_[0];
  if (fold.most_in_set < 0) fold.most_in_set = most_in_set(fold);
  if (fold.most_in_set <= cache.ways()) return true;
  std::vector<int64_t>& key = room_key_;
  key.clear();
  for (int64_t base : bases) key.push_back(((base - bases[0]) % cache.sets() + cache.sets()) % cache.sets());
  const auto known = fold.has_room.find(key);
  if (known != fold.has_room.end()) return known->second;
  in_set_.resize(cache.sets());
  const auto set_of = [&](const Fold::Touch& t) -> uint32_t& {
    return in_set_[cache.set_of(static_cast<uint32_t>(bases[static_cast<size_t>(t.buffer)] + t.line - lines_.first))];
  };
  size_t fitting = 0;
  while (fitting < fold.last.size() && set_of(fold.last[fitting])++ < cache.ways()) ++fitting;
  for (size_t i = 0; i < std::min(fitting + 1, fold.last.size()); ++i) set_of(fold.last[i]) = 0;
  if (fold.has_room.size() < kMostPlaces) fold.has_room.emplace(key, fitting == fold.last.size());
  return fitting == fold.last.size();
}

void MissCounter::touch_first(const Fold& fold, const std::vector<int64_t>& bases) {
  if (!fold.first_lanes) {
    fold.first_lanes.emplace();
    std::vector<OpenLanes> open;   // by reference
    for (const Fold::Touch& t : fold.first) {
      open.resize(std::max(open.size(), static_cast<size_t>(t.reference) + 1));
      if (append(*fold.first_lanes, open[static_cast<size_t>(t.reference)], t.reference, t.buffer, t.line)) continue;
      fold.first_lanes.emplace();
      break;
    }
  }
  if (!fold.first_lanes->lanes.empty()) return pass_on(*fold.first_lanes, bases, 0);
  for (const Fold::Touch& t : fold.first) touch(t.reference, t.buffer, bases[static_cast<size_t>(t.buffer)] + t.line);
}

bool MissCounter::apply(const Fold& fold, const std::vector<int64_t>& bases) {
  if (!has_room(fold, bases)) return false;
  ++result_.nests_folded;
  touch_first(fold, bases);
  caches_[0]->with_ways([&](auto&& nearest) __attribute__((always_inline)) {
    for (const Fold::Touch& t : fold.last) nearest.touch(static_cast<uint32_t>(bases[static_cast<size_t>(t.buffer)] + t.line - lines_.first));
  });
  return true;
}

}  // namespace loopglass::locality
