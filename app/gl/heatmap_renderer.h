// Draws per-element values as coloured pictures by a fragment shader, into textures that the panels show. A picture is drawn again only
// when its values, marks, scale or size change.
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "app/gl/gl_objects.h"
#include "app/gl/pyramid.h"
#include "app/image/colour_scale.h"

namespace loopglass::gl {

struct HeatmapStyle {
  float low = 0, high = 1;      // of the scale
  bool logarithmic = false;
  image::ColourScale scale = image::ColourScale::Cividis;
  std::array<float, 3> surface{0, 0, 0}, mark{1, 1, 1};
  bool operator==(const HeatmapStyle&) const = default;
};

// Which elements of a plane are marked.
struct MarkPlane {
  int width = 0, height = 0;
  std::function<void(int row, std::span<uint8_t> to)> fill;   // with a row's, 1 or 0
};

// Of each pixel of a picture that shows a window of the marks: 3 where an element on it is marked, 2 beside such a pixel, 1 beside those, else 0.
std::vector<uint8_t> mark_levels(const MarkPlane& marks, int width, int height, const PictureWindow& window = {});

class HeatmapRenderer;

class HeatmapPicture {
 public:
  // Where what is seen of them is the same as before, nothing is drawn anew.
  void set_values(std::shared_ptr<const Pyramid> values);   // not null
  // The same shape as the values; width 0: no marks. They stay when other values are set.
  void set_marks(MarkPlane marks);
  // The picture in pixels, drawn now if need be. What is drawn anew has another name than the picture before, so that the change is seen by whoever compares
  // frames by the names of their textures.
  GLuint texture(HeatmapRenderer& renderer, int width, int height, const HeatmapStyle& style, const PictureWindow& window = {});

 private:
  int width_ = 0, height_ = 0;
  bool has_mark_texels() const { return !mark_levels_.empty(); }
  bool has_marks() const { return mark_plane_.width > 0 && values_ && mark_plane_.width == values_->width() && mark_plane_.height == values_->height(); }
  // Whether anything differs from what was uploaded before.
  bool upload();

  bool stale_ = true, stale_marks_ = false;
  bool is_elsewhere_ = true;    // of another size, or another part is seen: it is drawn anew whatever it shows
  std::shared_ptr<const Pyramid> values_;
  PictureWindow window_;
  Pyramid::Part part_;          // of the values, as it was uploaded
  MarkPlane mark_plane_;     // as it was given: what is uploaded depends on the picture's size and window
  std::vector<uint8_t> mark_levels_;   // as they were uploaded; none: no marks
  HeatmapStyle style_;
  struct Target {
    Texture pixels;
    Framebuffer framebuffer;
  };
  Texture value_texels_, mark_texels_;
  Target shown_, spare_;
};

class HeatmapRenderer {
 public:
  // Reads heatmap.vert and heatmap.frag. Errors: FileError.
  static Result<HeatmapRenderer> load(const std::filesystem::path& shader_folder);

 private:
  friend class HeatmapPicture;
  explicit HeatmapRenderer(Program program);
  Program program_;
  VertexArray vertices_;
  Texture no_marks_;   // of a size like a picture's (no power of two), so that software OpenGL compiles the shader once
  Texture cividis_, diverging_;
};

}  // namespace loopglass::gl
