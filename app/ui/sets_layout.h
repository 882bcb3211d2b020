// How full the sets of a cache level are, as columns: distinct lines of a program that share a set, with the ways across. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/locality/quantities.h"

namespace loopglass::ui {

// One set, or neighbours that share a column, of which the one with the most lines is told (of several, the one with the most misses).
struct SetColumn {
  float left = 0, right = 0;      // 0..1
  float height = 0;               // 0..1, logarithmic
  int first = 0, last = 0;        // sets, inclusive
  int set = 0;                    // the one that is told
  int64_t lines = 0, misses = 0;  // of it
  bool is_over = false;           // it has more lines than ways
};

struct SetsLayout {
  std::vector<SetColumn> columns; // none where no line is touched
  float ways_at = 0;              // the height at which a set is full; 0..1
};

// `most_columns`: there is room for; at least 1.
SetsLayout layout_sets(const std::vector<locality::SetPressure>& sets, int64_t ways, int most_columns);

}  // namespace loopglass::ui
