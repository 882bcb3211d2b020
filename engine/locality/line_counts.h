// Counts by line, to which whole progressions of lines can be added at the cost of one.
#pragma once

#include <cstdint>
#include <vector>

namespace loopglass::locality {

class LineCounts {
 public:
  explicit LineCounts(std::vector<int64_t>& counts) : counts_(counts) {}

  // Adds `times` at line + step, line + 2 step, ..., line + n step, which are all there.
  void add(int64_t line, int64_t step, int64_t n, int64_t times);
  // Until this, what was added may be missing from the counts.
  void settle();

 private:
  struct Differences {
    int64_t step;
    std::vector<int64_t> at;   // count of a line - count of the line one step before, as far as it is not in the counts
  };
  std::vector<int64_t>& counts_;
  std::vector<Differences> pending_;   // by step
};

}  // namespace loopglass::locality
