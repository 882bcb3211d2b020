#include "engine/locality/tally.h"

#include <algorithm>

namespace loopglass::locality {

Stamps::Stamps(const Layout& layout) : layout_(layout) {}

int64_t Stamps::level_bytes() const {
  int64_t bytes = 0;
  for (const PlacedBuffer& buffer : layout_.buffers) bytes += buffer.elements * static_cast<int64_t>(sizeof(uint32_t));
  return bytes;
}

void Stamps::begin(int) {
  if (static_cast<size_t>(depth_) == levels_.size()) levels_.push_back({0, std::vector<std::vector<uint32_t>>(layout_.buffers.size()), {}});
  Level& level = levels_[static_cast<size_t>(depth_++)];
  level.counts.assign(layout_.buffers.size(), 0);
  if (++level.now == 0) {   // 2^32 iterations later: the old stamps could be taken for new ones
    level.now = 1;
    for (auto& stamps : level.stamps) std::ranges::fill(stamps, 0);
  }
}

void Stamps::touch(int buffer, int64_t element) {
  for (int d = 0; d < depth_; ++d) {
    Level& level = levels_[static_cast<size_t>(d)];
    std::vector<uint32_t>& stamps = level.stamps[static_cast<size_t>(buffer)];
    if (stamps.empty()) stamps.resize(static_cast<size_t>(layout_.buffers[static_cast<size_t>(buffer)].elements));
    uint32_t& stamp = stamps[static_cast<size_t>(element)];
    level.counts[static_cast<size_t>(buffer)] += stamp != level.now;
    stamp = level.now;
  }
}

std::vector<int64_t> Stamps::end() { return levels_[static_cast<size_t>(--depth_)].counts; }

void LoopTally::run(const Run& run) {
  if (stamps_.idle()) return;
  for_each_row(TouchGroup(run), [&](int64_t element, int64_t, int64_t, const TouchGroup::Dim& row) {
    for (int64_t t = 0; t < row.count; ++t) stamps_.touch(run.buffer, element + t * row.stride);
  });
}

void LoopTally::iteration(const LoopItem& loop, std::span<const Run> runs, const Box& box) { footprints_.add_segment(loop.id, runs, box); }
void LoopTally::begin_iteration(const LoopItem& loop) { stamps_.begin(loop.id); }
void LoopTally::end_iteration(const LoopItem& loop) { footprints_.add_iteration(loop.id, stamps_.end()); }
void LoopTally::extent(const LoopItem& loop, int64_t count) {
  int64_t& extent = loops_[static_cast<size_t>(loop.id)].extent;
  extent = std::max(extent, count);
}

void LoopTally::finish() {
  for (size_t l = 0; l < loops_.size(); ++l) {
    LoopFootprint& loop = loops_[l];
    for (size_t b = 0; b < layout_.buffers.size(); ++b)
      if (const int64_t bytes = footprints_.bytes(static_cast<int>(l), static_cast<int>(b)))
        loop.footprint_bytes.emplace_back(layout_.buffers[b].buffer, bytes);
    loop.total_bytes = footprints_.total_bytes(static_cast<int>(l));
  }
}

Tally::Tally(Access& access, const Layout& layout, int64_t max_bytes) : LoopTally(access.loops, layout), access_(access), layout_(layout), room_(max_bytes) {
  for (const PlacedBuffer& buffer : layout.buffers) elements_.emplace_back(buffer, room_);
}

void Tally::run(const Run& run) {
  LoopTally::run(run);
  const TouchGroup group(run);
  access_.references[static_cast<size_t>(run.reference)].count += group.size() * run.repeat;
  access_.runs_joined += elements_[static_cast<size_t>(run.buffer)].add(group);
}

void Tally::hold_all() {
  for (size_t b = 0; b < elements_.size(); ++b)
    if (layout_.buffers[b].is_memory) elements_[b].hold_all();
}

void Tally::element(int reference, int buffer, bool is_write, int64_t element, int64_t ordinal) {
  elements_[static_cast<size_t>(buffer)].add(element, is_write, ordinal);
  ++access_.references[static_cast<size_t>(reference)].count;
  touch(buffer, element);
}

void Tally::finish(int64_t line) {
  for (const Reference& reference : access_.references)
    for (BufferAccess& counts : access_.buffers)
      if (counts.buffer == reference.buffer) (reference.is_write ? counts.writes : counts.reads) += reference.count;
  for (size_t b = 0; b < access_.buffers.size(); ++b) elements_[b].finish(access_.buffers[b], line);
  LoopTally::finish();
}

}  // namespace loopglass::locality
