// Draws per-element values as coloured pictures by a fragment shader, into textures that the panels show. A picture is drawn again only
// when its values, marks, scale or size change.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "app/gl/gl_objects.h"

namespace loopglass::gl {

struct HeatmapStyle {
  float low = 0, high = 1;      // of the scale
  bool logarithmic = false;
  std::array<float, 3> surface{0, 0, 0}, mark{1, 1, 1};
  bool operator==(const HeatmapStyle&) const = default;
};

// Elements across and down that are shown; more are pooled (largest value) before they reach the GPU.
struct HeatmapPlane {
  int width = 0, height = 0;
  std::vector<float> values;    // row-major; negative: never
};

// Halves a plane's sides, keeping each 2x2's largest value, until neither exceeds `limit`.
HeatmapPlane pooled(HeatmapPlane plane, int limit);
// Of each pixel of a picture: 3 where an element on it is marked, 2 beside such a pixel, 1 beside those, else 0.
HeatmapPlane mark_levels(const HeatmapPlane& marks, int width, int height);

class HeatmapRenderer;

class HeatmapPicture {
 public:
  void set_values(HeatmapPlane plane);
  // The same shape as the values; empty: no marks.
  void set_marks(HeatmapPlane marks);
  // The picture in pixels, drawn now if need be.
  GLuint texture(HeatmapRenderer& renderer, int width, int height, const HeatmapStyle& style);

 private:
  int columns_ = 0, rows_ = 0, width_ = 0, height_ = 0;
  bool has_marks_ = false, stale_ = true, stale_marks_ = false;
  HeatmapPlane mark_plane_;     // as it was given: what is uploaded depends on the picture's size
  HeatmapStyle style_;
  Texture values_, marks_, target_;
  Framebuffer framebuffer_;
};

class HeatmapRenderer {
 public:
  // Reads heatmap.vert and heatmap.frag. Errors: FileError.
  static Result<HeatmapRenderer> load(const std::filesystem::path& shader_folder);

 private:
  friend class HeatmapPicture;
  HeatmapRenderer(Program program, VertexArray vertices, Texture no_marks)
      : program_(std::move(program)), vertices_(std::move(vertices)), no_marks_(std::move(no_marks)) {}
  Program program_;
  VertexArray vertices_;
  Texture no_marks_;   // of a size like a picture's (no power of two), so that software OpenGL compiles the shader once
};

}  // namespace loopglass::gl
