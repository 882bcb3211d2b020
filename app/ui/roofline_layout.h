// The roofline: what the machine allows at each intensity (operations for each byte), and where every version stands. Pure.
//
// The intensity is that of the program: flops / the distinct bytes of its parameters, so that all versions of a program stand above one another.
// A point far below the roof has something to gain. Source: S. Williams, A. Waterman, D. Patterson, Roofline, CACM 52(4), 2009.
#pragma once

#include <string>
#include <vector>

#include "app/model/view.h"
#include "engine/measure/peaks.h"

namespace loopglass::ui {

struct RoofPoint {
  int version = 0;
  float x = 0, y = 0;             // 0..1 from the left, from the top
  double gflops = 0;
  bool is_current = false, verified = false;
};

struct Roof {
  std::string level;              // whose bandwidth; empty: the peak of the multiply-adds
  double value = 0;               // GB/s, or GFLOP/s
  float x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

struct RoofTick {
  float at = 0;                   // 0..1 along the axis
  double value = 0;
};

struct RooflineLayout {
  std::vector<RoofPoint> points;
  std::vector<Roof> roofs;        // the bandwidths', nearest level first, then the peak's
  std::vector<RoofTick> intensities, speeds;
};

// `peak_gflops`: of the cores that run; the bandwidths are one core's.
RooflineLayout layout_roofline(const app::View& view, const measure::Peaks& peaks, double peak_gflops);

}  // namespace loopglass::ui
