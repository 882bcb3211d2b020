// The content of one cache: for each set its lines, the most recently used first.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

#include "engine/locality/avx2.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace loopglass::locality {

class CacheState {
 public:
  // Lines are numbered from `first_line` on; the set of a line is its absolute number mod `sets`.
  CacheState(int64_t sets, int64_t ways, int64_t first_line)
      : sets_(static_cast<uint32_t>(sets)), ways_(static_cast<uint32_t>(ways)), shift_(static_cast<uint32_t>(first_line % sets)),
        mask_((sets_ & (sets_ - 1)) == 0 ? sets_ - 1 : 0), lines_(static_cast<size_t>(sets * ways), kNone) {}

  // True LRU; gives whether the line was there. On a miss it takes the place of the set's least recently used line.
  bool touch(uint32_t line) { return touch_way(line) < ways_; }
  // The same; gives the way where the line was, `ways()` where it was not there.
  uint32_t touch_way(uint32_t line) {
    uint32_t* const set = &lines_[size_t{set_of(line)} * ways_];
    if (set[0] == line) return 0;
    if (ways_ == 8) return touch_ways<8>(set, line);
    if (ways_ == 16) return touch_ways<16>(set, line);
    if (ways_ == 12) return touch_ways<12>(set, line);
    if (ways_ == 4) return touch_ways<4>(set, line);
    uint32_t before = line;
    for (uint32_t way = 0; way < ways_; ++way) {
      std::swap(before, set[way]);
      if (before == line) return way;
    }
    return ways_;
  }

  // Calls f with what touches this cache fastest, for many touches at once: an object whose touch(line) is this one's.
  template <class F>
  void with_ways(const F& f) {
#ifdef LOOPGLASS_AVX2
    if (ways_ == 8 && (mask_ || sets_ == 1) && has_avx2()) return call_avx2(f, EightWays{lines_.data(), shift_, mask_});
#endif
    if (ways_ == 8 && (mask_ || sets_ == 1)) f(Ways<8>{lines_.data(), shift_, mask_});
    else if (ways_ == 16 && (mask_ || sets_ == 1)) f(Ways<16>{lines_.data(), shift_, mask_});
    else f(*this);
  }

  bool holds(uint32_t line) const {
    const auto set = lines_.begin() + static_cast<std::ptrdiff_t>(size_t{set_of(line)} * ways_);
    return std::find(set, set + ways_, line) != set + ways_;
  }

  uint32_t set_of(uint32_t line) const {
    const uint64_t number = uint64_t{line} + shift_;
    return static_cast<uint32_t>(mask_ || sets_ == 1 ? number & mask_ : number % sets_);
  }
  // The lines of each set, the most recent first; kNone where there is none.
  const std::vector<uint32_t>& content() const { return lines_; }
  void set_content(std::vector<uint32_t> lines) { lines_ = std::move(lines); }
  uint32_t sets() const { return sets_; }
  uint32_t ways() const { return ways_; }

  static constexpr uint32_t kNone = UINT32_MAX;

 private:
  // A copy of what a touch needs, which no store to the lines can change.
  template <uint32_t kWays>
  struct Ways {
    uint32_t* lines;
    uint32_t shift, mask;
    bool touch(uint32_t line) const { return touch_ways<kWays>(lines + size_t{(line + shift) & mask} * kWays, line) < kWays; }
  };

#ifdef LOOPGLASS_AVX2
  // A set of eight ways is one register: by the ways that hold the line, what goes where.
  static constexpr auto kMoves = [] {
    std::array<std::array<uint32_t, 8>, 256> moves{};
    for (uint32_t found = 0; found < 256; ++found)
      for (uint32_t way = 0; way < 8; ++way) moves[found][way] = way > 0 && way <= (found ? static_cast<uint32_t>(std::countr_zero(found)) : 7) ? way - 1 : way;
    return moves;
  }();
  struct EightWays {
    uint32_t* lines;
    uint32_t shift, mask;
    __attribute__((target("avx2"))) bool touch(uint32_t line) const {
      auto* const set = reinterpret_cast<__m256i*>(lines + size_t{(line + shift) & mask} * 8);
      const __m256i ways = _mm256_loadu_si256(set), wanted = _mm256_set1_epi32(static_cast<int>(line));
      const auto found = static_cast<uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(ways, wanted))));
      const __m256i move = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(kMoves[found].data()));
      _mm256_storeu_si256(set, _mm256_blend_epi32(_mm256_permutevar8x32_epi32(ways, move), wanted, 1));
      return found != 0;
    }
  };
#endif

#ifdef __SSE2__
  // Without branches: all ways up to the line's, or all, move by one. Gives the line's, or kWays.
  template <uint32_t kWays>
  static uint32_t touch_ways(uint32_t* set, uint32_t line) {
    constexpr int kVectors = kWays / 4;
    const __m128i wanted = _mm_set1_epi32(static_cast<int>(line));
    __m128i ways[kVectors];
    uint32_t found = 0;
    for (int v = 0; v < kVectors; ++v) {
      ways[v] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(set) + v);
      found |= static_cast<uint32_t>(_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(ways[v], wanted)))) << (4 * v);
    }
    const uint32_t last = found ? static_cast<uint32_t>(std::countr_zero(found)) : kWays - 1;   // the way that goes
    const __m128i limit = _mm_set1_epi32(static_cast<int>(last));
    __m128i before = _mm_slli_si128(wanted, 12);                                                 // the line, in the highest place
    __m128i number = _mm_setr_epi32(0, 1, 2, 3);
    for (int v = 0; v < kVectors; ++v) {
      const __m128i shifted = _mm_or_si128(_mm_slli_si128(ways[v], 4), _mm_srli_si128(before, 12));
      const __m128i stays = _mm_cmpgt_epi32(number, limit);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(set) + v, _mm_or_si128(_mm_and_si128(stays, ways[v]), _mm_andnot_si128(stays, shifted)));
      before = ways[v];
      number = _mm_add_epi32(number, _mm_set1_epi32(4));
    }
    return found ? last : kWays;
  }
#else
  // The comparisons, and the moves of a miss, of a number of ways that the compiler knows are few vector instructions.
  template <uint32_t kWays>
  static uint32_t touch_ways(uint32_t* set, uint32_t line) {
    uint32_t found = 0;
    for (uint32_t way = 0; way < kWays; ++way) found |= static_cast<uint32_t>(set[way] == line) << way;
    const uint32_t at = found ? static_cast<uint32_t>(std::countr_zero(found)) : kWays;
    if (found) {
      for (uint32_t way = at; way > 0; --way) set[way] = set[way - 1];
    } else {
      uint32_t older[kWays - 1];
      std::memcpy(older, set, sizeof older);
      std::memcpy(set + 1, older, sizeof older);
    }
    set[0] = line;
    return at;
  }
#endif

  uint32_t sets_, ways_, shift_, mask_;
  std::vector<uint32_t> lines_;
};

}  // namespace loopglass::locality
