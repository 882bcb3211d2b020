#include "engine/locality/tally.h"

#include <algorithm>
#include <cstring>

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

Tally::Tally(Access& access, const Layout& layout)
    : access_(access), layout_(layout), footprints_(access.loops.size(), layout), stamps_(layout), pending_(layout.buffers.size()) {
  for (size_t b = 0; b < layout.buffers.size(); ++b) {
    const auto elements = static_cast<size_t>(layout.buffers[b].elements);
    BufferAccess& counts = access.buffers[b];
    for (ElementCounts* of_elements : {&counts.read_counts, &counts.write_counts, &counts.first, &counts.last}) of_elements->resize(elements);
    pending_[b].seen.resize(elements);
  }
}

namespace {

constexpr size_t kMostPending = 1024;   // groups of one buffer

// One touch, or several alike, of an element.
void add(BufferAccess& counts, uint8_t& seen, int64_t element, int64_t reads, int64_t writes, int64_t first, int64_t last) {
  const auto e = static_cast<size_t>(element);
  counts.first[e] = seen ? std::min(counts.first[e], first) : first;
  counts.last[e] = seen ? std::max(counts.last[e], last) : last;
  if (reads > 0) counts.read_counts[e] += reads;
  if (writes > 0) counts.write_counts[e] += writes;
  seen = 1;
}

void fill(ElementCounts& counts, int64_t from, int64_t count, int64_t value, int64_t step) {
  int64_t* const at = counts.data() + from;
  for (int64_t t = 0; t < count; ++t) at[t] = value + t * step;
}

}  // namespace

void Tally::run(const Run& run) {
  const auto b = static_cast<size_t>(run.buffer);
  BufferAccess& counts = access_.buffers[b];
  Pending& pending = pending_[b];
  const TouchGroup group(run);
  access_.references[static_cast<size_t>(run.reference)].count += group.size() * run.repeat;
  if (!stamps_.idle())
    for_each_row(group, [&](int64_t element, int64_t, int64_t, const TouchGroup::Dim& row) {
      for (int64_t t = 0; t < row.count; ++t) stamps_.touch(run.buffer, element + t * row.stride);
    });
  std::vector<size_t>& alike = pending.by_elements[group.elements_key()];
  if (std::ranges::any_of(alike, [&](size_t g) { return pending.groups[g].add(group); })) return void(++access_.runs_joined);
  alike.push_back(pending.groups.size());
  pending.groups.push_back(group);
  if (pending.groups.size() == kMostPending) write(pending, counts);
}

void Tally::write(Pending& pending, BufferAccess& counts) {
  for (const TouchGroup& group : pending.groups) write(group, pending, counts);
  pending.groups.clear();
  pending.by_elements.clear();
}

void Tally::write(const TouchGroup& group, Pending& pending, BufferAccess& counts) {
  for_each_row(group, [&](int64_t element, int64_t first, int64_t last, const TouchGroup::Dim& row) {
    uint8_t* const seen = pending.seen.data() + element;
    if (row.stride == 1 && !std::memchr(seen, 1, static_cast<size_t>(row.count))) {
      std::memset(seen, 1, static_cast<size_t>(row.count));
      fill(counts.first, element, row.count, first, row.first);
      fill(counts.last, element, row.count, last, row.last);
      if (group.reads > 0) fill(counts.read_counts, element, row.count, group.reads, 0);
      if (group.writes > 0) fill(counts.write_counts, element, row.count, group.writes, 0);
      return;
    }
    for (int64_t t = 0; t < row.count; ++t) {
      const int64_t at = t * row.stride;
      add(counts, seen[at], element + at, group.reads, group.writes, first + t * row.first, last + t * row.last);
    }
  });
}

void Tally::element(int reference, int buffer, bool is_write, int64_t element, int64_t ordinal) {
  const auto b = static_cast<size_t>(buffer);
  add(access_.buffers[b], pending_[b].seen[static_cast<size_t>(element)], element, !is_write, is_write, ordinal, ordinal);
  ++access_.references[static_cast<size_t>(reference)].count;
  stamps_.touch(buffer, element);
}

void Tally::iteration(const LoopItem& loop, std::span<const Run> runs, const Box& box) { footprints_.add_segment(loop.id, runs, box); }
void Tally::begin_iteration(const LoopItem& loop) { stamps_.begin(loop.id); }
void Tally::end_iteration(const LoopItem& loop) { footprints_.add_iteration(loop.id, stamps_.end()); }
void Tally::extent(const LoopItem& loop, int64_t count) {
  int64_t& extent = access_.loops[static_cast<size_t>(loop.id)].extent;
  extent = std::max(extent, count);
}

namespace {

// Distinct lines that hold a touched element.
int64_t count_lines(const PlacedBuffer& buffer, std::span<const uint8_t> seen, int64_t line) {
  std::vector<bool> touched(static_cast<size_t>((buffer.end - buffer.base + line - 1) / line + 1));
  int64_t distinct = 0;
  const int64_t first_line = buffer.base / line;
  const int64_t row = buffer.shape.empty() ? 1 : buffer.shape.back(), step = buffer.shape.empty() ? 0 : buffer.strides.back();
  for (int64_t start = 0; start < static_cast<int64_t>(seen.size()); start += row) {
    int64_t address = buffer.base, rest = start;
    for (size_t d = 0; d + 1 < buffer.shape.size(); ++d) {
      address += rest / buffer.element_strides[d] * buffer.strides[d];
      rest %= buffer.element_strides[d];
    }
    for (int64_t e = start; e < start + row;) {
      const int64_t at = address / line, room = step > 0 ? ((at + 1) * line - address + step - 1) / step : 1;   // elements from here on that start on the line
      const int64_t end = std::min(e + room, start + row);
      if (!touched[static_cast<size_t>(at - first_line)] && std::memchr(seen.data() + e, 1, static_cast<size_t>(end - e))) {
        touched[static_cast<size_t>(at - first_line)] = true;
        ++distinct;
      }
      address += (end - e) * step;
      e = end;
    }
  }
  return distinct;
}

}  // namespace

void Tally::finish(int64_t line) {
  for (const Reference& reference : access_.references)
    for (BufferAccess& counts : access_.buffers)
      if (counts.buffer == reference.buffer) (reference.is_write ? counts.writes : counts.reads) += reference.count;
  for (size_t b = 0; b < access_.buffers.size(); ++b) {
    BufferAccess& counts = access_.buffers[b];
    const PlacedBuffer& placed = layout_.buffers[b];
    Pending& pending = pending_[b];
    write(pending, counts);
    const auto untouched = static_cast<size_t>(std::ranges::count(pending.seen, 0));
    counts.bytes_used = static_cast<int64_t>(pending.seen.size() - untouched) * placed.buffer->dtype.bytes();
    for (size_t e = 0; e < pending.seen.size() && untouched > 0; ++e)
      if (!pending.seen[e]) counts.first[e] = counts.last[e] = -1;
    counts.lines = count_lines(placed, pending.seen, line);
  }
  for (size_t l = 0; l < access_.loops.size(); ++l) {
    LoopFootprint& loop = access_.loops[l];
    for (size_t b = 0; b < access_.buffers.size(); ++b)
      if (const int64_t bytes = footprints_.bytes(static_cast<int>(l), static_cast<int>(b)))
        loop.footprint_bytes.emplace_back(layout_.buffers[b].buffer, bytes);
    loop.total_bytes = footprints_.total_bytes(static_cast<int>(l));
  }
}

}  // namespace loopglass::locality
