#include "app/image/colour_scale.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace loopglass::image {
namespace {

using Rgb = std::array<uint8_t, 3>;

// Colours at equal distances of t, interpolated between.
constexpr Rgb kCividis[] = {{0, 34, 78}, {22, 59, 111}, {68, 81, 108}, {99, 103, 111}, {125, 126, 120}, {154, 149, 118}, {187, 176, 107}, {222, 205, 87}, {254, 232, 56}};
constexpr Rgb kDiverging[] = {{23, 92, 176}, {82, 138, 200}, {146, 180, 214}, {190, 199, 208}, {201, 201, 199}, {221, 197, 168}, {226, 165, 100}, {208, 117, 40}, {170, 71, 0}};

Colour interpolated(std::span<const Rgb> stops, double t) {
  const double x = std::clamp(t, 0.0, 1.0) * static_cast<double>(stops.size() - 1);
  const size_t i = std::min(static_cast<size_t>(x), stops.size() - 2);
  Colour colour{0, 0, 0, 255};
  for (size_t c = 0; c < 3; ++c) colour[c] = static_cast<uint8_t>(std::lround(std::lerp(stops[i][c], stops[i + 1][c], x - static_cast<double>(i))));
  return colour;
}

}  // namespace

Colour colour_at(ColourScale scale, double t) { return scale == ColourScale::Cividis ? interpolated(kCividis, t) : interpolated(kDiverging, t); }

}  // namespace loopglass::image
