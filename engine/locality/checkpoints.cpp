#include "engine/locality/checkpoints.h"

#include <algorithm>

namespace loopglass::locality {

void Checkpoints::offer(int64_t time, const std::function<Content()>& content) {
  if (++offered_ % every_ != 0) return;
  if (bytes_each_ * static_cast<int64_t>(kept_.size() + 1) > max_bytes_) {
    size_t kept = 0;
    for (size_t i = 1; i < kept_.size(); i += 2) kept_[kept++] = std::move(kept_[i]);
    kept_.resize(kept);
    every_ *= 2;
    if (offered_ % every_ != 0) return;
  }
  kept_.push_back({time, content()});
  bytes_each_ = sizeof(Checkpoint);
  for (const auto& level : kept_.back().content) bytes_each_ += static_cast<int64_t>(level.size() * sizeof(uint32_t));
}

void Checkpoints::left_out(int64_t time, int64_t length, int64_t times, const Shift& shift) { left_out_.push_back({time, length, times, shift.lines}); }

Checkpoints::Place Checkpoints::place_of(int64_t time) const {
  Place place{time, {}};
  while (true) {
    const auto after = std::ranges::upper_bound(left_out_, place.time, {}, &LeftOut::from);
    if (after == left_out_.begin()) return place;
    const LeftOut& part = *std::prev(after);
    if (place.time >= part.end()) return place;
    const int64_t blocks = (place.time - part.from) / part.length + 1;
    place.time -= blocks * part.length;
    place.lines.resize(part.lines.size());
    for (size_t b = 0; b < part.lines.size(); ++b) place.lines[b] += blocks * part.lines[b];
  }
}

const Checkpoints::LeftOut* Checkpoints::left_out_before(int64_t time) const {
  const auto after = std::ranges::upper_bound(left_out_, time, {}, &LeftOut::end);
  return after == left_out_.begin() ? nullptr : &*std::prev(after);
}

const Checkpoints::Checkpoint* Checkpoints::before(int64_t time) const {
  const auto after = std::ranges::upper_bound(kept_, time, {}, &Checkpoint::time);
  return after == kept_.begin() ? nullptr : &*std::prev(after);
}

}  // namespace loopglass::locality
