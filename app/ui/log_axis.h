// A logarithmic axis: over whole powers of ten, or as narrow as its values. Pure.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace loopglass::ui {

struct AxisTick {
  float at = 0;                   // 0..1 along the axis
  double value = 0;
};

struct LogAxis {
  double low = 0.01, high = 100;

  // A little more than from the least value to the largest; these are positive.
  static LogAxis around(double least, double largest) {
    const double ratio = largest / least, margin = ratio < 2 ? 1.6 : std::max(std::pow(ratio, 0.12), 1.15);
    return {least / margin, largest * margin};
  }
  float at(double value) const { return static_cast<float>(std::clamp(std::log(value / low) / std::log(high / low), 0.0, 1.0)); }
  void include(double value) {
    while (value < low) low /= 10;
    while (value > high) high *= 10;
  }
  std::vector<AxisTick> ticks() const {
    std::vector<AxisTick> ticks;
    for (double value = low; value <= high * 1.001; value *= 10) ticks.push_back({at(value), value});
    return ticks;
  }
  // At 1, 2 and 5 times each power of ten.
  std::vector<AxisTick> fine_ticks() const {
    std::vector<AxisTick> ticks;
    for (double power = std::pow(10, std::floor(std::log10(low))); power <= high; power *= 10)
      for (const double value : {power, 2 * power, 5 * power})
        if (value >= low && value <= high) ticks.push_back({at(value), value});
    return ticks;
  }
};

}  // namespace loopglass::ui
