// The colours of the heatmaps, the same as shaders/heatmap.frag's.
#pragma once

#include "app/image/image.h"

namespace loopglass::report {

inline constexpr int kStops = 9;
// `t`: 0..1, clamped.
image::Colour cividis(double t);

}  // namespace loopglass::report
