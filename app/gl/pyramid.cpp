#include "app/gl/pyramid.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace loopglass::gl {
namespace {

int halved(int side) { return (side + 1) / 2; }

// Takes a row of a level into the row of the next that stands for it and its neighbour.
void pool_largest(std::span<const float> from, std::span<float> to) {
  const size_t pairs = from.size() / 2;
  for (size_t x = 0; x < pairs; ++x) to[x] = std::max(to[x], std::max(from[2 * x], from[2 * x + 1]));
  if (from.size() % 2) to[pairs] = std::max(to[pairs], from[2 * pairs]);
}

// Means weighted by what they stand for; `sums` are the weights so far.
void pool_mean(std::span<const float> from, std::span<const float> weights, std::span<float> to, std::span<float> sums) {
  for (size_t x = 0; x < from.size(); ++x) {
    if (weights[x] <= 0) continue;
    const float before = sums[x / 2], now = before + weights[x];
    to[x / 2] = before > 0 ? to[x / 2] + (from[x] - to[x / 2]) * (weights[x] / now) : from[x];
    sums[x / 2] = now;
  }
}

std::span<const float> row_of(const std::vector<float>& values, int row, int width) {
  return std::span(values).subspan(static_cast<size_t>(row) * static_cast<size_t>(width), static_cast<size_t>(width));
}
std::span<float> row_of(std::vector<float>& values, int row, int width) {
  return std::span(values).subspan(static_cast<size_t>(row) * static_cast<size_t>(width), static_cast<size_t>(width));
}

}  // namespace

PlaneSource source_of(HeatmapPlane plane) {
  const int width = plane.width, height = plane.height;
  return {width, height, [plane = std::move(plane)](int row, int column, std::span<float> to) {
            std::ranges::copy(row_of(plane.values, row, plane.width).subspan(static_cast<size_t>(column), to.size()), to.begin());
          }};
}

HeatmapPlane plane_of(const PlaneSource& source) {
  HeatmapPlane plane{source.width, source.height, std::vector<float>(static_cast<size_t>(source.width) * static_cast<size_t>(source.height))};
  for (int row = 0; row < source.height; ++row) source.fill(row, 0, row_of(plane.values, row, plane.width));
  return plane;
}

Pyramid::Pyramid(PlaneSource source, Pooling pooling) : source_(std::move(source)), pooling_(pooling) {
  if (source_.constant || (source_.width <= 1 && source_.height <= 1)) return;
  do make_next_level();
  while (levels_.back().plane.width > 1 || levels_.back().plane.height > 1);
}

void Pyramid::make_next_level() {
  const Level* before = levels_.empty() ? nullptr : &levels_.back();
  const int width = before ? before->plane.width : source_.width, height = before ? before->plane.height : source_.height;
  Level next{{halved(width), halved(height), {}}, {}};
  const size_t size = static_cast<size_t>(next.plane.width) * static_cast<size_t>(next.plane.height);
  next.plane.values.assign(size, -1.0f);
  if (pooling_ == Pooling::Mean) next.weights.resize(size);
  std::vector<float> elements(before ? 0 : static_cast<size_t>(width)), ones(elements.size());
  for (int y = 0; y < height; ++y) {
    if (!before) source_.fill(y, 0, elements);
    const std::span<const float> from = before ? row_of(before->plane.values, y, width) : elements;
    const std::span<float> to = row_of(next.plane.values, y / 2, next.plane.width);
    if (pooling_ == Pooling::Largest) {
      pool_largest(from, to);
      continue;
    }
    if (!before) std::ranges::transform(elements, ones.begin(), [](float value) { return value < 0 ? 0.0f : 1.0f; });
    pool_mean(from, before ? row_of(before->weights, y, width) : ones, to, row_of(next.weights, y / 2, next.plane.width));
  }
  levels_.push_back(std::move(next));
}

void Pyramid::fill(Part& part) const {
  const auto width = static_cast<size_t>(part.plane.width);
  part.plane.values.resize(width * static_cast<size_t>(part.plane.height));
  for (int y = 0; y < part.plane.height; ++y) {
    const std::span<float> to = row_of(part.plane.values, y, part.plane.width);
    if (part.level == 0) {
      source_.fill(part.top + y, part.left, to);
      continue;
    }
    const HeatmapPlane& plane = levels_[static_cast<size_t>(part.level) - 1].plane;
    std::ranges::copy(row_of(plane.values, part.top + y, plane.width).subspan(static_cast<size_t>(part.left), width), to.begin());
  }
}

Pyramid::Part Pyramid::part(const PictureWindow& window, int pixels_across, int pixels_down) const {
  constexpr float kMost = 2;   // texels a pixel and side
  Part part;
  part.pooling = pooling_;
  if (source_.constant) {
    part.plane = {1, 1, {*source_.constant}};
    return part;
  }
  int across = source_.width, down = source_.height;   // of the level
  while ((across > 1 || down > 1) &&
         (window.across * static_cast<float>(across) > kMost * static_cast<float>(pixels_across) || window.down * static_cast<float>(down) > kMost * static_cast<float>(pixels_down))) {
    ++part.level;
    across = halved(across);
    down = halved(down);
  }
  // A level's last texel may stand for fewer elements than the others: places are those of the elements.
  const float scale = std::ldexp(1.0f, -part.level);
  const float width = static_cast<float>(source_.width) * scale, height = static_cast<float>(source_.height) * scale;
  const float left = window.left * width, top = window.top * height;
  part.left = std::clamp(static_cast<int>(left), 0, across - 1);
  part.top = std::clamp(static_cast<int>(top), 0, down - 1);
  const int right = std::clamp(static_cast<int>(std::ceil(left + window.across * width)), part.left + 1, across);
  const int bottom = std::clamp(static_cast<int>(std::ceil(top + window.down * height)), part.top + 1, down);
  part.plane.width = right - part.left;
  part.plane.height = bottom - part.top;
  fill(part);
  part.from_left = left - static_cast<float>(part.left);
  part.from_top = top - static_cast<float>(part.top);
  part.across = window.across * width;
  part.down = window.down * height;
  return part;
}

namespace {

// From which texel to which (not with it) each pixel reaches.
std::vector<std::pair<int, int>> texels_of_pixels(int pixels, int texels, float from, float length) {
  constexpr double kEdge = 1e-4;   // texels: less than that of one is none of it
  std::vector<std::pair<int, int>> reaches;
  for (int pixel = 0; pixel < pixels; ++pixel) {
    const double low = from + static_cast<double>(length) * pixel / pixels, high = from + static_cast<double>(length) * (pixel + 1) / pixels;
    const int first = std::clamp(static_cast<int>(low + kEdge), 0, texels - 1);
    reaches.emplace_back(first, std::clamp(static_cast<int>(std::ceil(high - kEdge)), first + 1, texels));
  }
  return reaches;
}

float pooled(const HeatmapPlane& plane, std::pair<int, int> rows, std::pair<int, int> columns, Pooling pooling) {
  float largest = -1, sum = 0;
  int count = 0;
  for (int y = rows.first; y < rows.second; ++y)
    for (const float value : row_of(plane.values, y, plane.width).subspan(static_cast<size_t>(columns.first), static_cast<size_t>(columns.second - columns.first))) {
      largest = std::max(largest, value);
      if (value >= 0) sum += value, ++count;
    }
  return pooling == Pooling::Mean && count > 0 ? sum / static_cast<float>(count) : largest;
}

std::vector<std::pair<int, int>> one_by_one(int texels) {
  std::vector<std::pair<int, int>> reaches;
  for (int texel = 0; texel < texels; ++texel) reaches.emplace_back(texel, texel + 1);
  return reaches;
}

}  // namespace

Pyramid::Part on_pixels(Pyramid::Part part, int pixels_across, int pixels_down) {
  const bool is_wide = part.across > static_cast<float>(pixels_across), is_high = part.down > static_cast<float>(pixels_down);
  if (!is_wide && !is_high) return part;
  const auto columns = is_wide ? texels_of_pixels(pixels_across, part.plane.width, part.from_left, part.across) : one_by_one(part.plane.width);
  const auto rows = is_high ? texels_of_pixels(pixels_down, part.plane.height, part.from_top, part.down) : one_by_one(part.plane.height);
  HeatmapPlane plane{static_cast<int>(columns.size()), static_cast<int>(rows.size()), {}};
  plane.values.reserve(columns.size() * rows.size());
  for (const auto& row : rows)
    for (const auto& column : columns) plane.values.push_back(pooled(part.plane, row, column, part.pooling));
  part.plane = std::move(plane);
  if (is_wide) part.from_left = 0, part.across = static_cast<float>(pixels_across);
  if (is_high) part.from_top = 0, part.down = static_cast<float>(pixels_down);
  return part;
}

}  // namespace loopglass::gl
