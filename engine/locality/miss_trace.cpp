#include "engine/locality/miss_trace.h"

#include <algorithm>

namespace loopglass::locality {

namespace {

constexpr size_t kMostItems = size_t{1} << 21;   // 24 bytes each

bool fits(int64_t step) { return std::abs(step) <= INT32_MAX; }

}  // namespace

void MissTrace::end() {
  if (--depth_ == 0) forget();
}

void MissTrace::push(const Item& item) {
  if (items_.size() == kMostItems) is_full_ = true;
  else items_.push_back(item);
}

void MissTrace::add(const Item& item) {
  if (depth_ == 0) return;
  if (items_.size() > sealed_) {
    Item& last = items_.back();
    const int64_t step = int64_t{item.line} - last.line;
    if (last.reference == item.reference && last.lanes == 1 && last.count == 1 && (item.count == 1 || item.step == step) && fits(step)) {
      last.step = static_cast<int32_t>(step), last.count += item.count;
      return;
    }
    const bool follows = last.lanes == 1 && last.reference == item.reference && last.line + int64_t{last.count} * last.step == item.line;
    if (follows && (item.count == 1 || item.step == last.step) && last.count < UINT32_MAX - item.count) {
      last.count += item.count;
      return;
    }
  }
  push(item);
}

void MissTrace::add(std::span<const MissRun> by_turns) {
  if (depth_ == 0) return;
  if (by_turns[0].count > UINT32_MAX || std::ranges::any_of(by_turns, [](const MissRun& run) { return !fits(run.step); })) return void(is_full_ = true);
  const auto item_of = [&](const MissRun& run, size_t lanes) {
    return Item{run.reference, run.buffer, static_cast<uint32_t>(run.first - first_line_), static_cast<int32_t>(run.step), static_cast<uint32_t>(run.count), static_cast<uint32_t>(lanes)};
  };
  if (by_turns.size() == 1) return add(item_of(by_turns[0], 1));
  for (const MissRun& run : by_turns) push(item_of(run, by_turns.size()));
  mark();
}

void MissTrace::add(const MissStream& stream, const std::vector<int64_t>& bases) {
  if (depth_ == 0) return;
  std::vector<int64_t> next;
  for (const MissStream::Lane& lane : stream.lanes) next.push_back(bases[static_cast<size_t>(lane.buffer)] + lane.first - first_line_);
  for (uint8_t at : stream.order) {
    const MissStream::Lane& lane = stream.lanes[at];
    add(lane.reference, lane.buffer, static_cast<uint32_t>(next[at]));
    next[at] += lane.step;
  }
}

void MissTrace::add_moved(size_t from, size_t to, const LineShift& moved) {
  mark();
  for (size_t at = from; at < to; ++at) {
    Item item = items_[at];
    if (item.lanes > 0) item.line = static_cast<uint32_t>(moved(item.line));
    push(item);
  }
  mark();
}

size_t MissTrace::open() {
  if (depth_ == 0) return 0;
  push({-1, -1, 0, 0, 1, 0});
  return mark() - 1;
}

void MissTrace::close(size_t opened, int64_t touches) {
  if (depth_ == 0 || is_full_) return;
  items_[opened].line = static_cast<uint32_t>(mark() - opened - 1);
  items_[opened].step = static_cast<int32_t>(std::min<int64_t>(touches, INT32_MAX));
}

void MissTrace::repeat(size_t opened, int64_t times) {
  if (depth_ == 0 || is_full_) return;
  if (times > UINT32_MAX) return void(is_full_ = true);
  items_[opened].count = static_cast<uint32_t>(times);
  items_.resize(opened + 1 + items_[opened].line);
  mark();
}

}  // namespace loopglass::locality
