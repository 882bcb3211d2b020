#include "engine/locality/stack_distance.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "engine/locality/avx2.h"
#include "engine/support/check.h"

namespace loopglass::locality {

StackDistance::StackDistance(int64_t lines) : last_(static_cast<size_t>(lines), -1) {
  const int64_t blocks = (std::max<int64_t>(2 * lines, 4096) >> kBlockBits) + 2;
  CHECK(blocks << kBlockBits < INT32_MAX);
  capacity_ = static_cast<int32_t>(blocks << kBlockBits);
  line_at_.resize(static_cast<size_t>(capacity_));
  bits_.resize(static_cast<size_t>(capacity_ / 64));
  tree_.resize(static_cast<size_t>(blocks) + 1);
}

int64_t StackDistance::touch_elsewhere(uint32_t line, int32_t at) {
  const int64_t distance = at >= 0 ? marks_after(at) : -1;
  move_to_end(line);
  return distance;
}

int32_t StackDistance::reserve(int32_t lines) {
  if (now_ + lines > capacity_) move_together();
  return std::exchange(now_, now_ + lines);
}

void StackDistance::move_to_end(uint32_t line) {
  const int32_t to = reserve(1);
  move(line, last_[line], to);
}

void StackDistance::move(uint32_t line, int32_t at, int32_t to) {
  if (at < 0) ++marks_;
  else bits_[static_cast<size_t>(at >> 6)] &= ~(uint64_t{1} << (at & 63));
  if (at < 0 || at >> kBlockBits != to >> kBlockBits) {
    if (at >= 0) add(at >> kBlockBits, -1);
    add(to >> kBlockBits, 1);
  }
  bits_[static_cast<size_t>(to >> 6)] |= uint64_t{1} << (to & 63);
  line_at_[static_cast<size_t>(to)] = line;
  last_[line] = to;
}

template <class Act>
void StackDistance::for_each_line(int32_t word, const Act& act) const {
  for (; word * 64 < now_; ++word)
    for (uint64_t bits = bits_[static_cast<size_t>(word)]; bits != 0; bits &= bits - 1)
      act(line_at_[static_cast<size_t>(word) * 64 + static_cast<size_t>(std::countr_zero(bits))]);
}

std::vector<uint32_t> StackDistance::lines(size_t most) const {
  int32_t word = 0;
  auto count = static_cast<size_t>(marks_);
  if (most < count) {
    word = (now_ + 63) / 64, count = 0;
    while (count < most) count += static_cast<size_t>(marks_in(word - 1, word)), --word;
  }
  std::vector<uint32_t> lines;
  lines.reserve(count);
  for_each_line(word, [&](uint32_t line) { lines.push_back(line); });
  if (count > most) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(most));
  return lines;
}

void StackDistance::clear() {
  for_each_line(0, [&](uint32_t line) { last_[line] = -1; });
  std::fill(bits_.begin(), bits_.begin() + (now_ + 63) / 64, 0);
  std::ranges::fill(tree_, 0);
  now_ = marks_ = 0;
}

int32_t StackDistance::marks_in(int32_t word, int32_t end) const {
  return fastest([&]() __attribute__((always_inline)) {
    int32_t count = 0;
    for (; word < end; ++word) count += std::popcount(bits_[static_cast<size_t>(word)]);
    return count;
  });
}

int64_t StackDistance::marks_after(int32_t at) const {
  const int32_t block = at >> kBlockBits, last_block = (now_ - 1) >> kBlockBits;
  const int32_t word = at >> 6, end = block == last_block ? ((now_ - 1) >> 6) + 1 : (block + 1) << (kBlockBits - 6);
  const int64_t count = std::popcount(bits_[static_cast<size_t>(word)] & ~((uint64_t{2} << (at & 63)) - 1)) + marks_in(word + 1, end);
  if (block == last_block) return count;
  int64_t up_to_block = 0;
  for (int32_t i = block + 1; i > 0; i -= i & -i) up_to_block += tree_[static_cast<size_t>(i)];
  return count + marks_ - up_to_block;
}

void StackDistance::add(int32_t block, int32_t change) {
  for (auto i = static_cast<size_t>(block) + 1; i < tree_.size(); i += i & -i) tree_[i] += change;
}

int32_t StackDistance::marks_before(int32_t at) const {
  const int32_t count = marks_in(0, at >> 6);
  return (at & 63) == 0 ? count : count + std::popcount(bits_[static_cast<size_t>(at >> 6)] & ((uint64_t{1} << (at & 63)) - 1));
}

int64_t StackDistance::end_stretch() {
  const int32_t since = stretches_.back();
  stretches_.pop_back();
  return marks_ - marks_before(since);
}

void StackDistance::move_together() {
  for (int32_t& since : stretches_) since = marks_before(since);
  int32_t to = 0;
  for (size_t word = 0; word < bits_.size(); ++word)
    for (uint64_t bits = bits_[word]; bits != 0; bits &= bits - 1) {
      const uint32_t line = line_at_[word * 64 + static_cast<size_t>(std::countr_zero(bits))];
      line_at_[static_cast<size_t>(to)] = line;
      last_[line] = to++;
    }
  now_ = to;
  std::ranges::fill(bits_, 0);
  std::ranges::fill(tree_, 0);
  for (int32_t i = 0; i < to; ++i) bits_[static_cast<size_t>(i >> 6)] |= uint64_t{1} << (i & 63);
  for (int32_t first = 0; first < to; first += 1 << kBlockBits) add(first >> kBlockBits, std::min(to - first, 1 << kBlockBits));
}

}  // namespace loopglass::locality
