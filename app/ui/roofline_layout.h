// The roofline: what the machine allows at each intensity (operations for each byte), and where every version stands. Pure.
//
// The intensity is flops / the bytes that the cache model brings from beyond a level, so that versions of a program stand at places of their own; where a
// version's caches have not been simulated, flops / the distinct bytes of the program's parameters, the most that any version can have.
// A point far below the roof has something to gain. Source: S. Williams, A. Waterman, D. Patterson, Roofline, CACM 52(4), 2009.
#pragma once

#include <string>
#include <vector>

#include "app/model/view.h"
#include "app/ui/log_axis.h"
#include "engine/measure/peaks.h"

namespace loopglass::ui {

struct RoofPoint {
  int version = 0;
  float x = 0, y = 0;             // 0..1 from the left, from the top
  double gflops = 0;
  double intensity = 0;           // operations for each byte
  int64_t bytes = 0;              // of one call
  bool is_current = false, verified = false;
  bool is_modelled = false;       // the bytes come from the cache model; else they are the program's data
};

struct Roof {
  std::string level;              // whose bandwidth; empty: the peak of the multiply-adds
  double value = 0;               // GB/s, or GFLOP/s
  float x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

struct RooflineLayout {
  std::vector<RoofPoint> points;
  std::vector<Roof> roofs;        // the bandwidths', nearest level first, then the peak's
  std::vector<AxisTick> intensities, speeds;
};

// `peak_gflops`: of the cores that run; the bandwidths are one core's. `level`: beyond which bytes count, an index; -1: the farthest.
RooflineLayout layout_roofline(const app::View& view, const measure::Peaks& peaks, double peak_gflops, int level = -1);

}  // namespace loopglass::ui
