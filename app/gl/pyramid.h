// A plane of values at full and at lesser sizes, so that as much as is seen of it, and no more, goes to the GPU: 10^8 elements as well as 16.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace loopglass::gl {

// Rows of values; negative: never, which has no colour.
struct HeatmapPlane {
  int width = 0, height = 0;
  std::vector<float> values;    // row-major
  bool operator==(const HeatmapPlane&) const = default;
};

// Where the values of a plane come from: as many of them are asked for as are needed, whenever they are.
struct PlaneSource {
  int width = 0, height = 0;
  std::function<void(int row, int column, std::span<float> to)> fill;   // with the values of a row from `column` on
  std::optional<float> constant = {};   // the value of all, where that is known at once
};
PlaneSource source_of(HeatmapPlane plane);
HeatmapPlane plane_of(const PlaneSource& source);   // the other way

// What stands for several elements that fall on one pixel.
enum class Pooling { Largest, Mean };

// A part of a picture, in fractions of its sides; within 0..1.
struct PictureWindow {
  float left = 0, top = 0, across = 1, down = 1;
  bool operator==(const PictureWindow&) const = default;
  bool is_whole() const { return across >= 1 && down >= 1; }
};

class Pyramid {
 public:
  Pyramid() = default;
  Pyramid(PlaneSource source, Pooling pooling);

  int width() const { return source_.width; }
  int height() const { return source_.height; }

  // Whole texels of one level that cover a window, and where the window lies among them. At least one texel a pixel where there are so many, at most four
  // (two a side).
  struct Part {
    int level = 0, left = 0, top = 0;
    HeatmapPlane plane;
    float from_left = 0, from_top = 0, across = 1, down = 1;   // texels of `plane`
    Pooling pooling = Pooling::Largest;
    bool operator==(const Part&) const = default;
  };
  Part part(const PictureWindow& window, int pixels_across, int pixels_down) const;

 private:
  struct Level {
    HeatmapPlane plane;
    std::vector<float> weights;   // of Mean: the elements that each value stands for
  };
  void make_next_level();
  // The values of a part's place, from its level.
  void fill(Part& part) const;

  PlaneSource source_;            // level 0
  Pooling pooling_ = Pooling::Largest;
  std::vector<Level> levels_;     // from level 1: each has half the sides of the one before, rounded up; none of a constant
};

// The same with at most one texel a pixel: of several on a pixel the largest, or their mean.
Pyramid::Part on_pixels(Pyramid::Part part, int pixels_across, int pixels_down);

}  // namespace loopglass::gl
