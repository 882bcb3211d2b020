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

Tally::Tally(Access& access, const Layout& layout)
    : access_(access), layout_(layout), footprints_(access.loops.size(), layout), stamps_(layout) {
  for (size_t b = 0; b < layout.buffers.size(); ++b) {
    if (!layout.buffers[b].is_memory) continue;
    const auto elements = static_cast<size_t>(layout.buffers[b].elements);
    BufferAccess& counts = access.buffers[b];
    counts.read_counts.assign(elements, 0);
    counts.write_counts.assign(elements, 0);
    counts.first.assign(elements, INT64_MAX);   // until finish()
    counts.last.assign(elements, -1);
  }
}

namespace {

// Calls f(element, ordinal) at the start of every line of the run's first dimension after sorting: `inner` with its count and steps.
template <class F>
void for_each_line(const Run& run, const F& f) {
  if (run.dims.empty()) return f(run.at.constant, run.ordinal, Run::Dim{1, 0, 0});
  auto dims = run.dims;
  std::sort(dims.begin(), dims.end(), [](const Run::Dim& a, const Run::Dim& b) { return std::abs(a.stride) < std::abs(b.stride); });
  InlineVector<int64_t, kMaxDepth> at;
  for (int d = 0; d < dims.size(); ++d) at.push_back(0);
  int64_t element = run.at.constant, ordinal = run.ordinal;
  while (true) {
    f(element, ordinal, dims[0]);
    int d = 1;
    for (; d < dims.size(); ++d) {
      element += dims[d].stride;
      ordinal += dims[d].ordinal;
      if (++at[d] < dims[d].count) break;
      element -= dims[d].stride * dims[d].count;
      ordinal -= dims[d].ordinal * dims[d].count;
      at[d] = 0;
    }
    if (d == dims.size()) return;
  }
}

}  // namespace

void Tally::run(const Run& run) {
  BufferAccess& counts = access_.buffers[static_cast<size_t>(run.buffer)];
  int64_t* const number = (run.is_write ? counts.write_counts : counts.read_counts).data();
  int64_t* const first = counts.first.data();
  int64_t* const last = counts.last.data();
  int64_t lines = 0, length = 1;
  for_each_line(run, [&](int64_t element, int64_t ordinal, const Run::Dim& inner) {
    ++lines;
    length = inner.count;
    for (int64_t t = 0; t < inner.count; ++t, element += inner.stride, ordinal += inner.ordinal) {
      number[element] += run.repeat;
      first[element] = std::min(first[element], ordinal);
      last[element] = std::max(last[element], ordinal + run.span);
      if (!stamps_.idle()) stamps_.touch(run.buffer, element);
    }
  });
  access_.references[static_cast<size_t>(run.reference)].count += lines * length * run.repeat;
}

void Tally::element(int reference, int buffer, bool is_write, int64_t element, int64_t ordinal) {
  BufferAccess& counts = access_.buffers[static_cast<size_t>(buffer)];
  const auto e = static_cast<size_t>(element);
  ++(is_write ? counts.write_counts : counts.read_counts)[e];
  counts.first[e] = std::min(counts.first[e], ordinal);
  counts.last[e] = std::max(counts.last[e], ordinal);
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
int64_t count_lines(const PlacedBuffer& buffer, const std::vector<int64_t>& last, int64_t line) {
  std::vector<bool> touched(static_cast<size_t>((buffer.end - buffer.base + line - 1) / line + 1));
  int64_t distinct = 0;
  const int64_t first_line = buffer.base / line;
  const int64_t row = buffer.shape.empty() ? 1 : buffer.shape.back(), step = buffer.shape.empty() ? 0 : buffer.strides.back();
  for (int64_t start = 0; start < static_cast<int64_t>(last.size()); start += row) {
    int64_t address = buffer.base, rest = start;
    for (size_t d = 0; d + 1 < buffer.shape.size(); ++d) {
      address += rest / buffer.element_strides[d] * buffer.strides[d];
      rest %= buffer.element_strides[d];
    }
    for (int64_t e = start; e < start + row;) {
      const int64_t at = address / line, room = step > 0 ? ((at + 1) * line - address + step - 1) / step : 1;   // elements from here on that start on the line
      const int64_t end = std::min(e + room, start + row);
      const auto is_touched = [](int64_t time) { return time >= 0; };
      if (!touched[static_cast<size_t>(at - first_line)] && std::any_of(last.begin() + e, last.begin() + end, is_touched)) {
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
    for (size_t e = 0; e < counts.last.size(); ++e) {
      if (counts.last[e] < 0) counts.first[e] = -1;
      else counts.bytes_used += placed.buffer->dtype.bytes();
    }
    counts.lines = count_lines(placed, counts.last, line);
    if (placed.is_memory) continue;
    const auto elements = static_cast<size_t>(placed.elements);
    counts.read_counts.assign(elements, 0);
    counts.write_counts.assign(elements, 0);
    counts.first.assign(elements, -1);
    counts.last.assign(elements, -1);
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
