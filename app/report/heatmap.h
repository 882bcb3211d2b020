// One buffer's values as a picture of few colours. Large planes are pooled: a cell shows the largest value of its elements, so that none is lost.
#pragma once

#include "app/image/image.h"
#include "app/model/pictures.h"
#include "app/report/quantity.h"

namespace loopglass::report {

struct Scale {
  int64_t high = 1;               // what the last colour stands for; the first stands for 0
  bool logarithmic = false;
};

struct Heatmap {
  image::Indexed cells;           // colour 0 is clear: never touched
  int64_t rows = 1, columns = 1;  // elements of the plane
  int64_t down = 1, across = 1;   // elements a cell
  bool has_untouched = false;     // cells
  int64_t least = -1, most = -1;  // values of touched elements of the plane; -1: there is none
  std::string slice;              // "[0, 0, :, :]" of a buffer with more than two dimensions, else empty
};

// `most_cells`: a side.
Heatmap heatmap_of(const locality::BufferAccess& buffer, const Quantity& quantity, const app::PlaneChoice& plane, const Scale& scale, int most_cells);

// How large a picture of so many cells is drawn, whole pixels a cell: at most `side`, and not thinner than an eighth of it.
struct Size {
  int width = 1, height = 1;
};
Size drawn_size(const image::Indexed& cells, int side);

// What stands below the middle of the scale's colours: the value there, nothing where it would be an end's.
std::string middle_text(const Scale& scale);

}  // namespace loopglass::report
