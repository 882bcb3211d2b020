// The reuse distances of a program as bars: how many accesses come back to a line after so many other lines. Pure.
#pragma once

#include <string>
#include <vector>

#include "app/ui/caches.h"
#include "engine/locality/reuse_distance.h"

namespace loopglass::ui {

struct ReuseBar {
  float left = 0, right = 0;      // 0..1
  float height = 0;               // 0..1, logarithmic
  int64_t count = 0;              // of all buffers
  int64_t from = 0, to = 0;       // distances in lines, inclusive
  bool is_cold = false;           // first touches: no distance
};

struct ReuseMark {
  std::string level;
  float at = 0;                   // 0..1: distances from here on do not fit this level (were it fully associative)
};

struct ReuseLayout {
  std::vector<ReuseBar> bars;     // by distance, the cold ones last; none where nothing is accessed
  std::vector<ReuseMark> marks;   // of the levels that lie among the bars
};

ReuseLayout layout_reuse(const std::vector<locality::ReuseHistogram>& buffers, const Caches& caches, int64_t line);

}  // namespace loopglass::ui
