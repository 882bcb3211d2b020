// Lines that one reference misses one after the other.
#pragma once

#include <cstddef>
#include <cstdint>

namespace loopglass::locality {

// Touches of the lines first, first + step, ..., each missing in so many levels, from the nearest on.
struct MissRun {
  int reference, buffer;
  int64_t first, step, count;
  size_t levels;
};

// Whether the line is one of the run's.
inline bool comes_to(const MissRun& run, int64_t line) {
  return (line - run.first) % run.step == 0 && (line - run.first) / run.step >= 0 && (line - run.first) / run.step < run.count;
}

}  // namespace loopglass::locality
