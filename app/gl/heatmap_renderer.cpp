#include "app/gl/heatmap_renderer.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

namespace loopglass::gl {
namespace {

// Texels a side: at 128 pixels or more, no pixel covers more than the shader's 16.
constexpr int kMostTexels = 2048;

Result<std::string> read_shader(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) return fail(DiagnosticKind::FileError, path.string() + " cannot be read", "The shaders folder belongs beside the program.");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

HeatmapPlane halved(const HeatmapPlane& plane, bool across, bool down) {
  const int width = across ? (plane.width + 1) / 2 : plane.width;
  const int height = down ? (plane.height + 1) / 2 : plane.height;
  HeatmapPlane half{width, height, std::vector<float>(static_cast<size_t>(width) * height, -1.0f)};
  for (int y = 0; y < plane.height; ++y) {
    for (int x = 0; x < plane.width; ++x) {
      float& to = half.values[static_cast<size_t>(down ? y / 2 : y) * width + (across ? x / 2 : x)];
      to = std::max(to, plane.values[static_cast<size_t>(y) * plane.width + x]);
    }
  }
  return half;
}

}  // namespace

HeatmapPlane pooled(HeatmapPlane plane, int limit) {
  while (plane.width > limit || plane.height > limit) plane = halved(plane, plane.width > limit, plane.height > limit);
  return plane;
}

namespace {

// Spreads values over so many pixels: each shows the largest of the elements that fall on it, or the one that it lies in.
std::vector<float> over_pixels(const HeatmapPlane& plane, int width, int height) {
  const auto span = [](int pixel, int pixels, int elements) {
    const int first = static_cast<int>(int64_t{pixel} * elements / pixels);
    return std::pair(first, std::max(first + 1, static_cast<int>(int64_t{pixel + 1} * elements / pixels)));
  };
  std::vector<float> values(static_cast<size_t>(width) * height, -1.0f);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      float& to = values[static_cast<size_t>(y) * width + x];
      const auto [top, bottom] = span(y, height, plane.height);
      const auto [left, right] = span(x, width, plane.width);
      for (int row = top; row < bottom; ++row)
        for (int column = left; column < right; ++column) to = std::max(to, plane.values[static_cast<size_t>(row) * plane.width + column]);
    }
  return values;
}

// Each pixel takes the largest value of those beside it.
std::vector<float> widened(const std::vector<float>& values, int width, int height) {
  std::vector<float> across = values, result;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const size_t at = static_cast<size_t>(y) * width + x;
      if (x > 0) across[at] = std::max(across[at], values[at - 1]);
      if (x + 1 < width) across[at] = std::max(across[at], values[at + 1]);
    }
  result = across;
  for (size_t at = 0; at < result.size(); ++at) {
    if (at >= static_cast<size_t>(width)) result[at] = std::max(result[at], across[at - width]);
    if (at + width < result.size()) result[at] = std::max(result[at], across[at + width]);
  }
  return result;
}

}  // namespace

HeatmapPlane mark_levels(const HeatmapPlane& marks, int width, int height) {
  const std::vector<float> marked = over_pixels(marks, width, height), beside = widened(marked, width, height), around = widened(beside, width, height);
  HeatmapPlane levels{width, height, std::vector<float>(marked.size())};
  for (size_t i = 0; i < marked.size(); ++i) levels.values[i] = marked[i] > 0 ? 3.0f : beside[i] > 0 ? 2.0f : around[i] > 0 ? 1.0f : 0.0f;
  return levels;
}

Result<HeatmapRenderer> HeatmapRenderer::load(const std::filesystem::path& shader_folder) {
  TRY_ASSIGN(const std::string vertex, read_shader(shader_folder / "heatmap.vert"));
  TRY_ASSIGN(const std::string fragment, read_shader(shader_folder / "heatmap.frag"));
  TRY_ASSIGN(Program program, make_program(vertex, fragment));
  return HeatmapRenderer(std::move(program), make_vertex_array(), make_float_texture(3, 3, std::vector<float>(9, 0.0f)));
}

void HeatmapPicture::set_values(HeatmapPlane plane) {
  plane = pooled(std::move(plane), kMostTexels);
  columns_ = plane.width;
  rows_ = plane.height;
  values_ = make_float_texture(plane.width, plane.height, plane.values);
  has_marks_ = false;
  stale_ = true;
}

void HeatmapPicture::set_marks(HeatmapPlane marks) {
  marks = pooled(std::move(marks), kMostTexels);
  const bool had_marks = has_marks_;
  has_marks_ = marks.width == columns_ && marks.height == rows_ && columns_ > 0;
  mark_plane_ = std::move(marks);
  stale_marks_ = has_marks_;
  stale_ = stale_ || had_marks || has_marks_;
}

GLuint HeatmapPicture::texture(HeatmapRenderer& renderer, int width, int height, const HeatmapStyle& style) {
  width = std::max(width, 1);
  height = std::max(height, 1);
  if (width != width_ || height != height_ || !target_) {
    target_ = make_colour_texture(width, height);
    framebuffer_ = make_framebuffer(target_);
    width_ = width;
    height_ = height;
    stale_ = true;
    stale_marks_ = has_marks_;
  }
  if (!stale_ && style == style_) return target_.get();
  if (std::exchange(stale_marks_, false)) {
    const HeatmapPlane levels = mark_levels(mark_plane_, width, height);
    marks_ = make_float_texture(levels.width, levels.height, levels.values);
  }
  const GLuint program = renderer.program_.get();
  auto uniform = [program](const char* name) { return glGetUniformLocation(program, name); };
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_.get());
  glViewport(0, 0, width, height);
  glDisable(GL_SCISSOR_TEST);
  glDisable(GL_BLEND);
  glUseProgram(program);
  glActiveTexture(GL_TEXTURE1);
  glBindTexture(GL_TEXTURE_2D, has_marks_ ? marks_.get() : renderer.no_marks_.get());
  glActiveTexture(GL_TEXTURE0);
  glBindTexture(GL_TEXTURE_2D, values_.get());
  glUniform1i(uniform("values"), 0);
  glUniform1i(uniform("marks"), 1);
  glUniform1i(uniform("has_marks"), has_marks_);
  glUniform2f(uniform("extent"), static_cast<float>(columns_), static_cast<float>(rows_));
  glUniform2f(uniform("pixels"), static_cast<float>(width), static_cast<float>(height));
  glUniform1f(uniform("low"), style.low);
  glUniform1f(uniform("high"), style.high);
  glUniform1i(uniform("logarithmic"), style.logarithmic);
  glUniform3fv(uniform("surface"), 1, style.surface.data());
  glUniform3fv(uniform("mark_colour"), 1, style.mark.data());
  glBindVertexArray(renderer.vertices_.get());
  glDrawArrays(GL_TRIANGLES, 0, 3);
  glBindVertexArray(0);
  glUseProgram(0);
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  style_ = style;
  stale_ = false;
  return target_.get();
}

}  // namespace loopglass::gl
