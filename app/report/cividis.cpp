#include "app/report/cividis.h"

#include <algorithm>
#include <cmath>

namespace loopglass::report {
namespace {

constexpr double kColours[kStops][3] = {{0.000, 0.135, 0.305}, {0.086, 0.230, 0.434}, {0.268, 0.317, 0.424}, {0.390, 0.405, 0.437}, {0.490, 0.493, 0.472},
                                        {0.605, 0.585, 0.463}, {0.734, 0.689, 0.421}, {0.870, 0.802, 0.342}, {0.996, 0.909, 0.218}};

}  // namespace

image::Colour cividis(double t) {
  const double x = std::clamp(t, 0.0, 1.0) * (kStops - 1);
  const int stop = std::min(static_cast<int>(x), kStops - 2);
  image::Colour colour{0, 0, 0, 255};
  for (size_t i = 0; i < 3; ++i)
    colour[i] = static_cast<uint8_t>(std::lround(255 * (kColours[stop][i] + (kColours[stop + 1][i] - kColours[stop][i]) * (x - stop))));
  return colour;
}

}  // namespace loopglass::report
