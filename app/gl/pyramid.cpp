#include "app/gl/pyramid.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace loopglass::gl {

Pyramid::Pyramid(HeatmapPlane plane, Pooling pooling) : pooling_(pooling) {
  Level whole{std::move(plane), {}};
  if (pooling == Pooling::Mean) {
    whole.weights.resize(whole.plane.values.size());
    std::ranges::transform(whole.plane.values, whole.weights.begin(), [](float value) { return value < 0 ? 0.0f : 1.0f; });
  }
  levels_.push_back(std::move(whole));
  while (levels_.back().plane.width > 1 || levels_.back().plane.height > 1) levels_.push_back(halved(levels_.back(), pooling));
}

Pyramid::Level Pyramid::halved(const Level& level, Pooling pooling) {
  const int width = level.plane.width, height = level.plane.height;
  const int half_width = (width + 1) / 2, half_height = (height + 1) / 2;
  const auto size = static_cast<size_t>(half_width) * static_cast<size_t>(half_height);
  Level half{{half_width, half_height, std::vector<float>(size, -1.0f)}, std::vector<float>(pooling == Pooling::Mean ? size : 0)};
  for (int y = 0; y < height; ++y) {
    const float* from = &level.plane.values[static_cast<size_t>(y) * static_cast<size_t>(width)];
    const size_t row = static_cast<size_t>(y / 2) * static_cast<size_t>(half_width);
    float* to = &half.plane.values[row];
    if (pooling == Pooling::Largest) {
      for (int x = 0; x < width; ++x) to[x / 2] = std::max(to[x / 2], from[x]);
      continue;
    }
    const float* weights = &level.weights[static_cast<size_t>(y) * static_cast<size_t>(width)];
    float* sums = &half.weights[row];
    for (int x = 0; x < width; ++x) {   // of means weighted by what they stand for
      if (weights[x] <= 0) continue;
      const float before = sums[x / 2], now = before + weights[x];
      to[x / 2] = before > 0 ? to[x / 2] + (from[x] - to[x / 2]) * (weights[x] / now) : from[x];
      sums[x / 2] = now;
    }
  }
  return half;
}

Pyramid::Part Pyramid::part(const PictureWindow& window, int pixels_across, int pixels_down) const {
  constexpr float kMost = 2;   // texels a pixel and side
  Part part;
  const auto fits = [&](const Level& level) {
    return window.across * static_cast<float>(level.plane.width) <= kMost * static_cast<float>(pixels_across) &&
           window.down * static_cast<float>(level.plane.height) <= kMost * static_cast<float>(pixels_down);
  };
  while (part.level + 1 < static_cast<int>(levels_.size()) && !fits(levels_[static_cast<size_t>(part.level)])) ++part.level;
  const HeatmapPlane& plane = levels_[static_cast<size_t>(part.level)].plane;
  // A level's last texel may stand for fewer elements than the others: places are those of the elements.
  const float scale = std::ldexp(1.0f, -part.level);
  const float width = static_cast<float>(whole().width) * scale, height = static_cast<float>(whole().height) * scale;
  const float left = window.left * width, top = window.top * height;
  part.left = std::clamp(static_cast<int>(left), 0, plane.width - 1);
  part.top = std::clamp(static_cast<int>(top), 0, plane.height - 1);
  const int right = std::clamp(static_cast<int>(std::ceil(left + window.across * width)), part.left + 1, plane.width);
  const int bottom = std::clamp(static_cast<int>(std::ceil(top + window.down * height)), part.top + 1, plane.height);
  part.plane = {right - part.left, bottom - part.top, {}};
  part.plane.values.reserve(static_cast<size_t>(part.plane.width) * static_cast<size_t>(part.plane.height));
  for (int y = part.top; y < bottom; ++y) {
    const auto row = plane.values.begin() + static_cast<ptrdiff_t>(y) * plane.width;
    part.plane.values.insert(part.plane.values.end(), row + part.left, row + right);
  }
  part.from_left = left - static_cast<float>(part.left);
  part.from_top = top - static_cast<float>(part.top);
  part.across = window.across * width;
  part.down = window.down * height;
  return part;
}

}  // namespace loopglass::gl
