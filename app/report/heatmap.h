// One buffer's values as a picture of few colours. Large planes are pooled: a cell shows the largest value of its elements (the largest difference, to either
// side), so that none is lost.
#pragma once

#include <optional>
#include <utility>

#include "app/image/colour_scale.h"
#include "app/model/pictures.h"
#include "app/report/quantity.h"

namespace loopglass::report {

struct Scale {
  int64_t high = 1;               // what the last colour stands for; the first stands for 0, or for -high
  bool logarithmic = false;
  image::ColourScale colours = image::ColourScale::Cividis;   // Diverging: of differences
};

// From the largest value of all buffers. `logarithmic`: where the values are counts.
Scale scale_of(const locality::Access& access, const Quantity& quantity, bool logarithmic);

struct Heatmap {
  image::Indexed cells;           // colour 0 is clear: never touched
  int64_t rows = 1, columns = 1;  // elements of the plane
  int64_t down = 1, across = 1;   // elements a cell
  bool has_untouched = false;     // cells
  std::optional<std::pair<int64_t, int64_t>> range;   // the least and the largest value of the plane's touched elements
  std::string slice;              // "[0, 0, :, :]" of a buffer with more than two dimensions, else empty
};

// `most_cells`: a side.
Heatmap heatmap_of(const locality::BufferAccess& buffer, const Quantity& quantity, const app::PlaneChoice& plane, const Scale& scale, int most_cells);

// How large a picture of so many cells is drawn, whole pixels a cell: at most `side`, and not thinner than an eighth of it.
struct Size {
  int width = 1, height = 1;
};
Size drawn_size(const image::Indexed& cells, int side);

// What stands below the scale's colours.
struct ScaleTexts {
  std::string low, middle, high;   // middle: empty where it would be an end's
};
ScaleTexts texts_of(const Scale& scale);

}  // namespace loopglass::report
