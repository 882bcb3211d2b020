#include "engine/locality/footprint.h"

#include <algorithm>
#include <set>

namespace loopglass::locality {

Footprints::Footprints(size_t loops, const Layout& layout)
    : layout_(layout), bytes_(loops, std::vector<int64_t>(layout.buffers.size())), total_(loops) {}

void Footprints::add_iteration(int loop, std::span<const int64_t> elements) {
  int64_t sum = 0;
  for (size_t b = 0; b < elements.size(); ++b) {
    const int64_t bytes = elements[b] * layout_.buffers[b].buffer->dtype.bytes();
    int64_t& largest = bytes_[static_cast<size_t>(loop)][b];
    largest = std::max(largest, bytes);
    sum += bytes;
  }
  total_[static_cast<size_t>(loop)] = std::max(total_[static_cast<size_t>(loop)], sum);
}

bool Footprints::is_known(int loop, std::span<const Run> runs) {
  constexpr size_t kMostKnown = 4096;
  key_.assign(1, loop);
  for (size_t r = 0; r < runs.size(); ++r) {
    const Run& run = runs[r];
    const auto first = std::ranges::find(runs, run.buffer, &Run::buffer);
    key_.insert(key_.end(), {run.buffer, run.at.constant - first->at.constant, run.dims.size()});
    for (const Run::Dim& dim : run.dims) key_.insert(key_.end(), {dim.stride, dim.count});
  }
  return known_.size() < kMostKnown ? !known_.insert(key_).second : known_.contains(key_);
}

void Footprints::add_segment(int loop, std::span<const Run> runs, const Box& box) {
  const auto moves_otherwise = [&](const Run& run) { return run.at.parts != std::ranges::find(runs, run.buffer, &Run::buffer)->at.parts; };
  if (std::ranges::none_of(runs, moves_otherwise) && is_known(loop, runs)) return;
  std::vector<std::vector<Moving>> moving(layout_.buffers.size());
  for (const Run& run : runs) {
    Moving m{{run.at.constant, {}}, run.at};
    for (const Run::Dim& dim : run.dims) m.set.dims.push_back({dim.stride, dim.count});
    m.set = canonical(m.set);
    moving[static_cast<size_t>(run.buffer)].push_back(m);
  }
  std::vector<int64_t> elements(moving.size());
  bool all_known = true;
  for (size_t b = 0; b < moving.size(); ++b) {
    std::vector<Moving>& of_buffer = moving[b];
    if (of_buffer.empty()) continue;
    const bool together = std::ranges::all_of(of_buffer, [&](const Moving& m) { return m.at.parts == of_buffer[0].at.parts; });
    if (!together) {
      all_known = false;
      continue;
    }
    std::vector<StridedSet> sets;
    for (const Moving& m : of_buffer) sets.push_back(m.set);
    elements[b] = distinct_.count(std::move(sets));
    of_buffer.clear();
  }
  all_known ? add_iteration(loop, elements) : search(loop, moving, std::move(elements), box);
}

// `elements`: of the buffers whose references move together; the others are in `moving`.
void Footprints::search(int loop, const std::vector<std::vector<Moving>>& moving, std::vector<int64_t> elements, const Box& box) {
  // Loops that move some reference of a buffer otherwise than another, and the most that each union can hold.
  std::set<int> movers;
  std::vector<int64_t> most(moving.size());
  for (size_t b = 0; b < moving.size(); ++b) {
    if (moving[b].empty()) continue;
    for (const Moving& m : moving[b]) {
      const Linear relative = plus(m.at, moving[b][0].at, -1);
      for (const Linear::Part& part : relative.parts) movers.insert(part.loop);
      most[b] += distinct_.count({m.set});
    }
    most[b] = std::min(most[b], layout_.buffers[b].elements);
  }
  std::vector<int64_t> at(movers.size());
  const std::vector<int> loops(movers.begin(), movers.end());
  Box here = box;
  for (int l : loops) here.high[static_cast<size_t>(l)] = here.low[static_cast<size_t>(l)];
  while (true) {
    bool at_most = true;
    for (size_t b = 0; b < moving.size(); ++b) {
      if (moving[b].empty()) continue;
      std::vector<StridedSet> sets;
      for (const Moving& m : moving[b]) {
        StridedSet set = m.set;
        set.base = 0;
        for (const Linear::Part& part : m.at.parts) set.base += part.coefficient * here.low[static_cast<size_t>(part.loop)];
        set.base += m.set.base;
        sets.push_back(set);
      }
      elements[b] = distinct_.count(std::move(sets));
      at_most = at_most && elements[b] == most[b];
    }
    add_iteration(loop, elements);
    if (at_most) return;
    size_t l = 0;   // the next place in the box
    while (l < loops.size() && ++here.low[static_cast<size_t>(loops[l])] > box.high[static_cast<size_t>(loops[l])]) {
      here.low[static_cast<size_t>(loops[l])] = box.low[static_cast<size_t>(loops[l])];
      ++l;
    }
    if (l == loops.size()) return;
  }
}

}  // namespace loopglass::locality
