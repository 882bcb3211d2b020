// The plot of every version's time: points in the unit square, ticks and the scale. Pure.
#pragma once

#include "app/model/view.h"
#include "app/ui/history_layout.h"

namespace loopglass::ui {

struct TimePoint {
  int version = 0;
  int parent = -1;                      // index into the points: the nearest measured ancestor, -1 = none
  float x = 0, y = 0;                   // 0..1 from the left, from the top
  float y_low = 0, y_high = 0;          // of the interval's slower and faster end
  measure::TimeEstimate time;
  bool on_path = false, is_current = false, verified = false;
};

struct TimeTick {
  float y = 0;
  double ms = 0;
};

struct TimeLayout {
  std::vector<TimePoint> points;
  std::vector<TimeTick> ticks;
  bool logarithmic = false;             // where the slowest is more than 20 times the fastest
  int columns = 0;
};

TimeLayout layout_times(const app::View& view);

// Every tick, or every second, third, … from the bottom, so that they stand at least `apart` from each other (0..1).
std::vector<TimeTick> ticks_that_fit(const std::vector<TimeTick>& ticks, float apart);

// How a time stands against the start's: a tie where the intervals overlap, or the difference is below what is shown.
measure::Verdict against_start(const measure::TimeEstimate& time, const measure::TimeEstimate& start);

}  // namespace loopglass::ui
