// MissCounter's loops of which first and last touches are executed.
#include <algorithm>

#include "engine/locality/miss_counter.h"
#include "engine/support/integer.h"

namespace loopglass::locality {

// Wherever a buffer lies, its lines fall into sets in the same numbers.
void MissCounter::count_in_sets(const Fold& fold) {
  const uint32_t sets = caches_[0]->sets();
  std::vector<std::vector<uint32_t>> lines(lines_.starts.size());   // by buffer and set
  for (const Fold::Touch& t : fold.last) {
    auto& of_buffer = lines[static_cast<size_t>(t.buffer)];
    of_buffer.resize(sets);
    ++of_buffer[static_cast<size_t>(floor_mod(t.line, int64_t{sets}))];
  }
  fold.most_in_set = 0;
  for (const auto& of_buffer : lines) {
    auto& in_sets = fold.in_sets.emplace_back();
    for (uint32_t set = 0; set < of_buffer.size(); ++set)
      if (of_buffer[set] > 0) in_sets.push_back({set, of_buffer[set]});
    if (!of_buffer.empty()) fold.most_in_set += std::ranges::max(of_buffer);
  }
}

bool MissCounter::has_room(const Fold& fold, const std::vector<int64_t>& bases) {
  const CacheState& cache = *caches_[0];
  if (fold.most_in_set < 0) count_in_sets(fold);
  if (fold.most_in_set <= cache.ways()) return true;
  in_set_.resize(cache.sets());
  uint32_t most = 0;
  const auto for_each_set = [&](auto&& act) {
    for (size_t buffer = 0; buffer < bases.size(); ++buffer) {
      const auto turn = static_cast<uint32_t>(floor_mod(bases[buffer], int64_t{cache.sets()}));
      for (const auto& [set, lines] : fold.in_sets[buffer]) act(in_set_[set + turn < cache.sets() ? set + turn : set + turn - cache.sets()], lines);
    }
  };
  for_each_set([&](uint32_t& in_set, uint32_t lines) { most = std::max(most, in_set += lines); });
  for_each_set([](uint32_t& in_set, uint32_t) { in_set = 0; });
  return most <= cache.ways();
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
