#include "app/gl/heatmap_renderer.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

namespace loopglass::gl {
namespace {

// Texels a side: at 128 pixels or more, no pixel covers more than the shader's 16.
constexpr int kMostTexels = 2048;
constexpr int kColours = 1024;   // steps of a scale

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

// The elements that fall on a pixel, or the one that it lies in.
std::pair<int, int> span_of(int pixel, int pixels, int elements) {
  const int first = static_cast<int>(int64_t{pixel} * elements / pixels);
  return {first, std::max(first + 1, static_cast<int>(int64_t{pixel + 1} * elements / pixels))};
}

// Which pixels have a marked element on them, 1 or 0.
std::vector<uint8_t> over_pixels(const HeatmapPlane& plane, int width, int height) {
  std::vector<uint8_t> marked(static_cast<size_t>(width) * height), line(static_cast<size_t>(width));
  std::vector<std::pair<int, int>> columns;
  for (int x = 0; x < width; ++x) columns.push_back(span_of(x, width, plane.width));
  int drawn = -1;   // the row of elements that `line` was made from alone
  for (int y = 0; y < height; ++y) {
    const auto [top, bottom] = span_of(y, height, plane.height);
    if (drawn != top || bottom > top + 1) {
      std::ranges::fill(line, uint8_t{0});
      for (int row = top; row < bottom; ++row) {
        const float* values = &plane.values[static_cast<size_t>(row) * plane.width];
        for (size_t x = 0; x < columns.size(); ++x)
          line[x] |= std::any_of(values + columns[x].first, values + columns[x].second, [](float value) { return value > 0; });
      }
      drawn = bottom == top + 1 ? top : -1;
    }
    std::ranges::copy(line, marked.begin() + static_cast<ptrdiff_t>(y) * width);
  }
  return marked;
}

// Those and the ones beside them.
std::vector<uint8_t> widened(const std::vector<uint8_t>& marked, int width, int height) {
  std::vector<uint8_t> across = marked;
  for (int y = 0; y < height; ++y) {
    const uint8_t* from = &marked[static_cast<size_t>(y) * width];
    uint8_t* to = &across[static_cast<size_t>(y) * width];
    for (int x = 1; x < width; ++x) to[x] |= from[x - 1];
    for (int x = 0; x + 1 < width; ++x) to[x] |= from[x + 1];
  }
  std::vector<uint8_t> result = across;
  const size_t line = static_cast<size_t>(width);
  for (size_t at = line; at < result.size(); ++at) result[at] |= across[at - line];
  for (size_t at = 0; at + line < result.size(); ++at) result[at] |= across[at + line];
  return result;
}

}  // namespace

std::vector<uint8_t> mark_levels(const HeatmapPlane& marks, int width, int height) {
  const std::vector<uint8_t> marked = over_pixels(marks, width, height), beside = widened(marked, width, height), around = widened(beside, width, height);
  std::vector<uint8_t> levels(marked.size());
  for (size_t i = 0; i < marked.size(); ++i) levels[i] = static_cast<uint8_t>(marked[i] + beside[i] + around[i]);
  return levels;
}

namespace {

Texture make_scale(ColourScale scale) {
  std::vector<uint8_t> rgba;
  for (int i = 0; i < kColours; ++i) {
    const Rgb colour = colour_at(scale, static_cast<double>(i) / (kColours - 1));
    rgba.insert(rgba.end(), colour.begin(), colour.end());
    rgba.push_back(255);
  }
  return make_colour_row(rgba);
}

}  // namespace

Result<HeatmapRenderer> HeatmapRenderer::load(const std::filesystem::path& shader_folder) {
  TRY_ASSIGN(const std::string vertex, read_shader(shader_folder / "heatmap.vert"));
  TRY_ASSIGN(const std::string fragment, read_shader(shader_folder / "heatmap.frag"));
  TRY_ASSIGN(Program program, make_program(vertex, fragment));
  return HeatmapRenderer(std::move(program));
}

HeatmapRenderer::HeatmapRenderer(Program program)
    : program_(std::move(program)),
      vertices_(make_vertex_array()),
      no_marks_(make_byte_texture(3, 3, std::vector<uint8_t>(9))),
      cividis_(make_scale(ColourScale::Cividis)),
      diverging_(make_scale(ColourScale::Diverging)) {}

void HeatmapPicture::set_values(HeatmapPlane plane) {
  plane = pooled(std::move(plane), kMostTexels);
  if (plane == value_plane_) return;
  value_plane_ = std::move(plane);
  columns_ = value_plane_.width;
  rows_ = value_plane_.height;
  values_ = make_float_texture(columns_, rows_, value_plane_.values);
  stale_ = true;
}

void HeatmapPicture::set_marks(HeatmapPlane marks) {
  marks = pooled(std::move(marks), kMostTexels);
  if (marks == mark_plane_) return;
  mark_plane_ = std::move(marks);
  stale_ = stale_marks_ = true;
}

GLuint HeatmapPicture::texture(HeatmapRenderer& renderer, int width, int height, const HeatmapStyle& style) {
  width = std::max(width, 1);
  height = std::max(height, 1);
  if (width != width_ || height != height_) {
    shown_ = {};
    spare_ = {};
    width_ = width;
    height_ = height;
    stale_ = true;
    stale_marks_ = true;
  }
  if (!stale_ && style == style_) return shown_.pixels.get();
  std::swap(shown_, spare_);
  if (!shown_.pixels) {
    shown_.pixels = make_colour_texture(width, height);
    shown_.framebuffer = make_framebuffer(shown_.pixels);
  }
  if (has_marks() && std::exchange(stale_marks_, false)) {
    marks_ = make_byte_texture(width, height, mark_levels(mark_plane_, width, height));
  }
  const GLuint program = renderer.program_.get();
  auto uniform = [program](const char* name) { return glGetUniformLocation(program, name); };
  glBindFramebuffer(GL_FRAMEBUFFER, shown_.framebuffer.get());
  glViewport(0, 0, width, height);
  glDisable(GL_SCISSOR_TEST);
  glDisable(GL_BLEND);
  glUseProgram(program);
  glActiveTexture(GL_TEXTURE1);
  glBindTexture(GL_TEXTURE_2D, has_marks() ? marks_.get() : renderer.no_marks_.get());
  glActiveTexture(GL_TEXTURE2);
  glBindTexture(GL_TEXTURE_2D, (style.scale == ColourScale::Cividis ? renderer.cividis_ : renderer.diverging_).get());
  glActiveTexture(GL_TEXTURE0);
  glBindTexture(GL_TEXTURE_2D, values_.get());
  glUniform1i(uniform("values"), 0);
  glUniform1i(uniform("marks"), 1);
  glUniform1i(uniform("scale"), 2);
  glUniform1i(uniform("has_marks"), has_marks());
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
  return shown_.pixels.get();
}

}  // namespace loopglass::gl
