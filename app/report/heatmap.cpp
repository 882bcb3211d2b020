#include "app/report/heatmap.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "app/ui/quantities.h"

namespace loopglass::report {
namespace {

constexpr int kColours = 255;   // besides the clear one

// A plane as strides into the row-major data.
struct Plane {
  int64_t origin = 0, rows = 1, columns = 1, below = 0, right = 0;
  std::string slice;
};

Plane plane_of(const std::vector<int64_t>& shape, const app::PlaneChoice& choice) {
  const int rank = static_cast<int>(shape.size());
  const int across = choice.across >= 0 && choice.across < rank ? choice.across : rank - 1;
  int down = choice.down >= 0 && choice.down < rank && choice.down != across ? choice.down : across == rank - 1 ? rank - 2 : rank - 1;
  if (rank < 2) down = -1;
  Plane plane;
  int64_t stride = 1;
  for (int d = rank - 1; d >= 0; --d) {
    const auto at = static_cast<size_t>(d);
    const int64_t index = at < choice.at.size() ? std::clamp<int64_t>(choice.at[at], 0, std::max<int64_t>(shape[at] - 1, 0)) : 0;
    const bool is_shown = d == across || d == down;
    if (d == across) plane.columns = shape[at], plane.right = stride;
    else if (d == down) plane.rows = shape[at], plane.below = stride;
    else plane.origin += index * stride;
    plane.slice = (is_shown ? std::string(":") : std::to_string(index)) + (plane.slice.empty() ? "" : ", ") + plane.slice;
    stride *= shape[at];
  }
  plane.slice = rank > 2 ? "[" + plane.slice + "]" : std::string();
  return plane;
}

// Elements a cell: a power of two.
int64_t pooled_by(int64_t elements, int most_cells) {
  int64_t together = 1;
  while ((elements + together - 1) / together > most_cells) together *= 2;
  return together;
}

// Of the way from 0 to the scale's high end.
double part_of(int64_t amount, const Scale& scale) {
  const auto v = static_cast<double>(amount), high = static_cast<double>(std::max<int64_t>(scale.high, 1));
  return scale.logarithmic ? std::log1p(v) / std::log1p(high) : v / high;
}

// Of a touched element.
uint8_t colour_of(int64_t value, const Scale& scale) {
  const double part = part_of(std::abs(value), scale);
  const double at = scale.colours == image::ColourScale::Diverging ? 0.5 + (value < 0 ? -part : part) / 2 : part;
  return static_cast<uint8_t>(1 + std::lround(std::clamp(at, 0.0, 1.0) * (kColours - 1)));
}

std::vector<image::Colour> colours_of(const Scale& scale) {
  std::vector<image::Colour> all{{255, 255, 255, 0}};
  for (int i = 0; i < kColours; ++i) all.push_back(image::colour_at(scale.colours, static_cast<double>(i) / (kColours - 1)));
  return all;
}

}  // namespace

Scale scale_of(const locality::Access& access, const Quantity& quantity, bool logarithmic) {
  return {largest_value(access, quantity), logarithmic && quantity.kind != Quantity::Kind::Moment, quantity.before ? image::ColourScale::Diverging : image::ColourScale::Cividis};
}

Heatmap heatmap_of(const locality::BufferAccess& buffer, const Quantity& quantity, const app::PlaneChoice& choice, const Scale& scale, int most_cells) {
  const Plane plane = plane_of(buffer.shape, choice);
  Heatmap map{.rows = plane.rows, .columns = plane.columns, .down = pooled_by(plane.rows, most_cells), .across = pooled_by(plane.columns, most_cells), .slice = plane.slice};
  const int64_t width = (map.columns + map.across - 1) / map.across, height = (map.rows + map.down - 1) / map.down;
  const int64_t never = never_of(quantity);
  std::vector<int64_t> largest(static_cast<size_t>(width * height), never);
  const locality::ElementCounts values = values_of(buffer, quantity);
  std::vector<int64_t> of_row(static_cast<size_t>(map.columns));
  for (int64_t row = 0; row < map.rows; ++row) {
    values.read(plane.origin + row * plane.below, plane.right, of_row);
    for (int64_t column = 0; column < map.columns; ++column) {
      const int64_t value = of_row[static_cast<size_t>(column)];
      if (value == never) continue;
      map.range = map.range ? std::pair(std::min(map.range->first, value), std::max(map.range->second, value)) : std::pair(value, value);
      int64_t& cell = largest[static_cast<size_t>(row / map.down * width + column / map.across)];
      if (cell == never || std::abs(value) > std::abs(cell)) cell = value;
    }
  }
  map.cells = {static_cast<int>(width), static_cast<int>(height), {}, colours_of(scale)};
  map.cells.pixels.reserve(largest.size());
  for (const int64_t value : largest) map.cells.pixels.push_back(value == never ? uint8_t{0} : colour_of(value, scale));
  map.has_untouched = std::ranges::find(map.cells.pixels, 0) != map.cells.pixels.end();
  return map;
}

Size drawn_size(const image::Indexed& cells, int side) {
  const int scale = std::max(1, side / std::max({cells.width, cells.height, 1}));
  const int thinnest = std::max(1, side / 8);
  const auto length = [&](int n) { return n * (n * scale < thinnest ? std::max(1, thinnest / n) : scale); };
  return {length(std::max(cells.width, 1)), length(std::max(cells.height, 1))};
}

ScaleTexts texts_of(const Scale& scale) {
  const std::string end = ui::format_count(scale.high);
  if (scale.colours == image::ColourScale::Diverging) return {"−" + end, "0", "+" + end};
  const auto high = static_cast<double>(scale.high);
  const auto middle = static_cast<int64_t>(scale.logarithmic ? std::sqrt(1 + high) - 1 : high / 2);
  return {"0", middle > 0 ? ui::format_count(middle) : std::string(), end};
}

}  // namespace loopglass::report
