// The largest set of elements that one iteration of each loop touches.
#pragma once

#include <span>
#include <unordered_set>

#include "engine/locality/distinct.h"
#include "engine/locality/key_hash.h"
#include "engine/locality/walker.h"

namespace loopglass::locality {

class Footprints {
 public:
  Footprints(size_t loops, const Layout& layout);

  // Each iteration of a segment touches the same sets, moved along; where the references of a buffer move together, one count serves all.
  // Where they do not (A[i] and A[j]), iterations are tried until one reaches what no union can exceed.
  void add_segment(int loop, std::span<const Run> runs, const Box& box);
  // The number of elements of each buffer that one iteration touched.
  void add_iteration(int loop, std::span<const int64_t> elements);

  int64_t bytes(int loop, int buffer) const { return bytes_[static_cast<size_t>(loop)][static_cast<size_t>(buffer)]; }
  int64_t total_bytes(int loop) const { return total_[static_cast<size_t>(loop)]; }

 private:
  struct Moving {                 // one run's set, and how it moves with the open loops
    StridedSet set;
    Linear at;
  };
  // Whether segments whose references lie to one another as these do have been added to the loop; they will have been from now on.
  bool is_known(int loop, std::span<const Run> runs);
  void search(int loop, const std::vector<std::vector<Moving>>& moving, std::vector<int64_t> elements, const Box& box);

  const Layout& layout_;
  std::vector<std::vector<int64_t>> bytes_;
  std::vector<int64_t> total_;
  DistinctCounter distinct_;
  std::unordered_set<std::vector<int64_t>, KeyHash> known_;
  std::vector<int64_t> key_;
};

}  // namespace loopglass::locality
