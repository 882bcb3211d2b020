// LRU stack distances, one touch after the other, in memory that depends on the number of lines alone.
//
// Every line that was touched has a mark at its last touch on a time axis; a line's distance is the number of marks after its own. Marks are
// bits, counted word by word inside a block and by a Fenwick tree over the blocks (Bennett and Kruskal 1975; Olken 1981). When the axis
// is full, the marks are moved together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace loopglass::locality {

class StackDistance {
 public:
  // Lines are 0 to lines - 1.
  explicit StackDistance(int64_t lines);

  // The number of distinct other lines touched since the last touch of this one; -1 at its first touch.
  int64_t touch(uint32_t line) {
    const int32_t at = last_[line];
    if (at == now_ - 1 && at >= 0) return 0;
    return touch_elsewhere(line, at);
  }
  // A touch whose distance nobody asks for.
  void touch_silently(uint32_t line) {
    const int32_t at = last_[line];
    if (at < 0 || at != now_ - 1) move_to_end(line);
  }
  // So many lines are touched next, each once, and lie in another order behind it than they come in: gives the first of their places, which only they take.
  int32_t reserve(int32_t lines);
  int64_t touch_to(uint32_t line, int32_t place) {
    const int32_t at = last_[line];
    const int64_t distance = at >= 0 ? marks_after(at) : -1;
    move(line, at, place);
    return distance;
  }
  void touch_silently_to(uint32_t line, int32_t place) { move(line, last_[line], place); }
  bool was_touched(uint32_t line) const { return last_[line] >= 0; }
  // The number of lines touched between the two; such stretches nest.
  void begin_stretch() { stretches_.push_back(now_); }
  int64_t end_stretch();
  // The lines, by their last touch: the earliest first; all of them, or the `most` that were touched last.
  std::vector<uint32_t> lines(size_t most = SIZE_MAX) const;
  // Moves the marks together: the lines then have the places 0, 1, ..., the earliest touched first.
  void move_together();
  int32_t place(uint32_t line) const { return last_[line]; }
  // As if nothing had been touched.
  void clear();

 private:
  static constexpr int kBlockBits = 9;   // 512 marks in a block

  int64_t touch_elsewhere(uint32_t line, int32_t at);
  void move_to_end(uint32_t line);
  void move(uint32_t line, int32_t at, int32_t to);   // at = -1: it was nowhere
  int64_t marks_after(int32_t at) const;
  int32_t marks_in(int32_t word, int32_t end) const;   // words
  // Calls act with each line from the word on, by its last touch.
  template <class Act>
  void for_each_line(int32_t word, const Act& act) const;
  void add(int32_t block, int32_t change);
  int32_t marks_before(int32_t at) const;   // word by word

  int32_t now_ = 0;                  // the next touch's place
  int32_t capacity_;
  int32_t marks_ = 0;
  std::vector<int32_t> last_;        // by line; -1 = never
  std::vector<uint32_t> line_at_;    // by place
  std::vector<uint64_t> bits_;
  std::vector<int32_t> stretches_;   // where those under way began
  std::vector<int32_t> tree_;        // Fenwick, over blocks; from 1
};

}  // namespace loopglass::locality
