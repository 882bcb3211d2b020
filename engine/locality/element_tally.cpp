#include "engine/locality/element_tally.h"

#include <algorithm>
#include <cstring>

#include "engine/locality/touched_lines.h"

namespace loopglass::locality {

namespace {

constexpr size_t kMostGroups = 1024, kMostPieces = 64;   // of one buffer

void fill(DenseCounts& counts, int64_t from, int64_t count, int64_t value, int64_t step) {
  int64_t* const at = counts.data() + from;
  for (int64_t t = 0; t < count; ++t) at[t] = value + t * step;
}

}  // namespace

bool ElementTally::add(const TouchGroup& group) {
  std::vector<size_t>& alike = by_elements_[group.elements_key()];
  if (std::ranges::any_of(alike, [&](size_t g) { return groups_[g].add(group); })) return true;
  alike.push_back(groups_.size());
  groups_.push_back(group);
  if (groups_.size() < kMostGroups) return false;
  by_elements_.clear();
  while (stack(groups_)) {}
  if (groups_.size() > kMostGroups / 2) write_groups();
  return false;
}

void ElementTally::hold_all() {
  if (dense_) return;
  const auto elements = static_cast<size_t>(buffer_.elements);
  room_ -= buffer_.elements * static_cast<int64_t>(4 * sizeof(int64_t) + 1);
  if (room_ < 0) throw NoRoomForCounts{buffer_.buffer};
  dense_ = std::make_unique<Dense>();
  for (DenseCounts* counts : {&dense_->reads, &dense_->writes, &dense_->first, &dense_->last}) counts->resize(elements);
  dense_->seen.resize(elements);
}

void ElementTally::add(int64_t element, bool is_write, int64_t ordinal) {
  const auto e = static_cast<size_t>(element);
  if (!dense_->seen[e]) dense_->first[e] = ordinal;
  dense_->seen[e] = 1;
  dense_->last[e] = ordinal;
  ++(is_write ? dense_->writes : dense_->reads)[e];
}

void ElementTally::write_groups() {
  hold_all();
  for (const TouchGroup& group : groups_) write(group);
  groups_.clear();
}

void ElementTally::write(const TouchGroup& group) {
  for_each_row(group, [&](int64_t element, int64_t first, int64_t last, const TouchGroup::Dim& row) {
    uint8_t* const seen = dense_->seen.data() + element;
    if (row.stride == 1 && !std::memchr(seen, 1, static_cast<size_t>(row.count))) {
      std::memset(seen, 1, static_cast<size_t>(row.count));
      fill(dense_->first, element, row.count, first, row.first);
      fill(dense_->last, element, row.count, last, row.last);
      if (group.reads > 0) fill(dense_->reads, element, row.count, group.reads, 0);
      if (group.writes > 0) fill(dense_->writes, element, row.count, group.writes, 0);
      return;
    }
    for (int64_t t = 0; t < row.count; ++t) {
      const int64_t at = t * row.stride, a = first + t * row.first, b = last + t * row.last;
      const auto e = static_cast<size_t>(element + at);
      dense_->first[e] = seen[at] ? std::min(dense_->first[e], a) : a;
      dense_->last[e] = seen[at] ? std::max(dense_->last[e], b) : b;
      if (group.reads > 0) dense_->reads[e] += group.reads;
      if (group.writes > 0) dense_->writes[e] += group.writes;
      seen[at] = 1;
    }
  });
}

void ElementTally::finish(BufferAccess& counts, int64_t line) {
  ElementBits touched(groups_.empty() && !dense_ ? 0 : buffer_.elements);
  if (!finish_pieces(counts, touched)) finish_dense(counts, touched);
  counts.bytes_used = touched.count() * buffer_.buffer->dtype.bytes();
  if (counts.bytes_used > 0) counts.lines = count_lines(buffer_, touched, line);
}

// Gives false where there are too many of them.
bool ElementTally::finish_pieces(BufferAccess& counts, ElementBits& touched) {
  if (dense_) return false;
  if (groups_.size() > kMostPieces)
    while (stack(groups_)) {}
  if (groups_.size() > kMostPieces) return false;
  auto all = std::make_shared<TouchPieces>(buffer_.elements);
  for (const TouchGroup& group : groups_) {
    std::optional<TouchPiece> piece = piece_of(group);
    if (!piece) return false;
    mark(touched, piece->elements(), 0);
    all->pieces.push_back(*std::move(piece));
  }
  all->touched = touched.count();
  const auto of = [&](TouchKind kind) { return counts_of(all, kind); };
  counts.read_counts = of(TouchKind::Reads), counts.write_counts = of(TouchKind::Writes);
  counts.first = of(TouchKind::First), counts.last = of(TouchKind::Last);
  return true;
}

void ElementTally::finish_dense(BufferAccess& counts, ElementBits& touched) {
  write_groups();
  for (size_t e = 0; e < dense_->seen.size(); ++e) {
    if (dense_->seen[e]) touched.set(static_cast<int64_t>(e));
    else dense_->first[e] = dense_->last[e] = -1;
  }
  counts.read_counts = std::move(dense_->reads), counts.write_counts = std::move(dense_->writes);
  counts.first = std::move(dense_->first), counts.last = std::move(dense_->last);
}

}  // namespace loopglass::locality
