// A mark for each of many elements, or lines.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace loopglass::locality {

class ElementBits {
 public:
  explicit ElementBits(int64_t size = 0) { reset(size); }
  void reset(int64_t size) { words_.assign(static_cast<size_t>((size + 63) / 64), 0); }
  void set(int64_t at) { words_[static_cast<size_t>(at / 64)] |= uint64_t{1} << (at % 64); }
  void set_range(int64_t from, int64_t count) {
    for_each_word(words_, from, count, [](uint64_t& word, uint64_t mask) { return word |= mask, true; });
  }
  bool any(int64_t from, int64_t count) const {
    return !for_each_word(words_, from, count, [](uint64_t word, uint64_t mask) { return (word & mask) == 0; });
  }
  bool all(int64_t from, int64_t count) const {
    return for_each_word(words_, from, count, [](uint64_t word, uint64_t mask) { return (word & mask) == mask; });
  }
  bool operator[](int64_t at) const { return (words_[static_cast<size_t>(at / 64)] >> (at % 64) & 1) != 0; }
  // Calls f(at) for each that is set, in order.
  template <class F>
  void for_each(const F& f) const {
    for (size_t w = 0; w < words_.size(); ++w)
      for (uint64_t word = words_[w]; word != 0; word &= word - 1) f(static_cast<int64_t>(64 * w) + std::countr_zero(word));
  }
  // Whether first, first + step, ... are: 1 or 0 for each that `to` has room for.
  void read(int64_t first, int64_t step, std::span<uint8_t> to) const {
    size_t i = 0;
    while (i < to.size()) {
      const int64_t at = first + static_cast<int64_t>(i) * step;
      const uint64_t rest = words_[static_cast<size_t>(at / 64)] >> (at % 64), whole = ~uint64_t{0} >> (at % 64);
      const size_t here = step == 1 ? std::min(to.size() - i, static_cast<size_t>(64 - at % 64)) : 1;   // of the word
      if (rest == 0 || rest == whole) std::ranges::fill(to.subspan(i, here), static_cast<uint8_t>(rest != 0));
      else
        for (size_t n = 0; n < here; ++n) to[i + n] = rest >> n & 1;
      i += here;
    }
  }
  int64_t count() const {
    int64_t n = 0;
    for (uint64_t word : words_) n += std::popcount(word);
    return n;
  }
  bool operator==(const ElementBits&) const = default;

 private:
  // f(word, mask of the range's bits in it) until one gives false; gives whether none did.
  template <class Words, class F>
  static bool for_each_word(Words& words, int64_t from, int64_t count, const F& f) {
    while (count > 0) {
      const int64_t at = from % 64, here = count < 64 - at ? count : 64 - at;
      if (!f(words[static_cast<size_t>(from / 64)], (~uint64_t{0} >> (64 - here)) << at)) return false;
      from += here, count -= here;
    }
    return true;
  }

  std::vector<uint64_t> words_;
};

}  // namespace loopglass::locality
