#include "app/gl/heatmap_renderer.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

namespace loopglass::gl {
namespace {

constexpr int kColours = 1024;   // steps of a scale

Result<std::string> read_shader(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) return fail(DiagnosticKind::FileError, path.string() + " cannot be read", "The shaders folder belongs beside the program.");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// The elements that fall on each of so many pixels, or the one that it lies in, of a window from `from` over `part` of so many elements.
std::vector<std::pair<int, int>> spans(int pixels, int elements, float from, float part) {
  std::vector<std::pair<int, int>> spans;
  const double first = static_cast<double>(from) * elements, step = static_cast<double>(part) * elements / pixels;
  for (int pixel = 0; pixel < pixels; ++pixel) {
    const int begin = std::clamp(static_cast<int>(first + pixel * step + 1e-9), 0, elements - 1);
    spans.emplace_back(begin, std::clamp(static_cast<int>(first + (pixel + 1) * step + 1e-9), begin + 1, elements));
  }
  return spans;
}

// Which pixels have a marked element on them, 1 or 0.
std::vector<uint8_t> over_pixels(const MarkPlane& plane, int width, int height, const PictureWindow& window) {
  std::vector<uint8_t> marked(static_cast<size_t>(width) * static_cast<size_t>(height)), elements(static_cast<size_t>(plane.width)), together(elements), line(static_cast<size_t>(width));
  const auto columns = spans(width, plane.width, window.left, window.across), rows = spans(height, plane.height, window.top, window.down);
  for (size_t y = 0; y < rows.size(); ++y) {
    if (y == 0 || rows[y] != rows[y - 1]) {
      std::ranges::fill(together, uint8_t{0});
      for (int row = rows[y].first; row < rows[y].second; ++row) {
        plane.fill(row, elements);
        for (size_t x = 0; x < together.size(); ++x) together[x] |= elements[x];
      }
      for (size_t x = 0; x < columns.size(); ++x)
        line[x] = std::any_of(&together[static_cast<size_t>(columns[x].first)], together.data() + columns[x].second, [](uint8_t value) { return value != 0; });
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

std::vector<uint8_t> mark_levels(const MarkPlane& marks, int width, int height, const PictureWindow& window) {
  const std::vector<uint8_t> marked = over_pixels(marks, width, height, window), beside = widened(marked, width, height), around = widened(beside, width, height);
  std::vector<uint8_t> levels(marked.size());
  for (size_t i = 0; i < marked.size(); ++i) levels[i] = static_cast<uint8_t>(marked[i] + beside[i] + around[i]);
  return levels;
}

namespace {

Texture make_scale(image::ColourScale scale) {
  std::vector<uint8_t> rgba;
  for (int i = 0; i < kColours; ++i) {
    const image::Colour colour = image::colour_at(scale, static_cast<double>(i) / (kColours - 1));
    rgba.insert(rgba.end(), colour.begin(), colour.end());
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
      cividis_(make_scale(image::ColourScale::Cividis)),
      diverging_(make_scale(image::ColourScale::Diverging)) {}

void HeatmapPicture::set_values(std::shared_ptr<const Pyramid> values) {
  if (values == values_) return;
  if (!values_ || values->width() != values_->width() || values->height() != values_->height()) stale_marks_ = true;   // which are of another shape
  values_ = std::move(values);
  stale_ = true;
}

void HeatmapPicture::set_marks(MarkPlane marks) {
  if (marks.width == 0 && mark_plane_.width == 0) return;
  mark_plane_ = std::move(marks);
  stale_ = stale_marks_ = true;
}

bool HeatmapPicture::upload() {
  Pyramid::Part part = on_pixels(values_->part(window_, width_, height_), width_, height_);
  bool differs = std::exchange(is_elsewhere_, false);
  if (std::exchange(stale_marks_, false)) {
    std::vector<uint8_t> levels = has_marks() ? mark_levels(mark_plane_, width_, height_, window_) : std::vector<uint8_t>();
    if (levels != mark_levels_) {
      mark_levels_ = std::move(levels);
      if (!mark_levels_.empty()) mark_texels_ = make_byte_texture(width_, height_, mark_levels_);
      differs = true;
    }
  }
  if (!value_texels_ || !(part == part_)) {
    part_ = std::move(part);
    value_texels_ = make_float_texture(part_.plane.width, part_.plane.height, part_.plane.values);
    differs = true;
  }
  return differs;
}

GLuint HeatmapPicture::texture(HeatmapRenderer& renderer, int width, int height, const HeatmapStyle& style, const PictureWindow& window) {
  width = std::max(width, 1);
  height = std::max(height, 1);
  if (width != width_ || height != height_ || window != window_) {
    if (width != width_ || height != height_) shown_ = {}, spare_ = {};
    width_ = width;
    height_ = height;
    window_ = window;
    stale_ = stale_marks_ = is_elsewhere_ = true;
  }
  const bool differs = std::exchange(stale_, false) && upload();
  if (!differs && style == style_) return shown_.pixels.get();
  std::swap(shown_, spare_);
  if (!shown_.pixels) {
    shown_.pixels = make_colour_texture(width, height);
    shown_.framebuffer = make_framebuffer(shown_.pixels);
  }
  const GLuint program = renderer.program_.get();
  auto uniform = [program](const char* name) { return glGetUniformLocation(program, name); };
  glBindFramebuffer(GL_FRAMEBUFFER, shown_.framebuffer.get());
  glViewport(0, 0, width, height);
  glDisable(GL_SCISSOR_TEST);
  glDisable(GL_BLEND);
  glUseProgram(program);
  glActiveTexture(GL_TEXTURE1);
  glBindTexture(GL_TEXTURE_2D, has_mark_texels() ? mark_texels_.get() : renderer.no_marks_.get());
  glActiveTexture(GL_TEXTURE2);
  glBindTexture(GL_TEXTURE_2D, (style.scale == image::ColourScale::Cividis ? renderer.cividis_ : renderer.diverging_).get());
  glActiveTexture(GL_TEXTURE0);
  glBindTexture(GL_TEXTURE_2D, value_texels_.get());
  glUniform1i(uniform("values"), 0);
  glUniform1i(uniform("marks"), 1);
  glUniform1i(uniform("scale"), 2);
  glUniform1i(uniform("has_marks"), has_mark_texels());
  glUniform4f(uniform("window"), part_.from_left, part_.from_top, part_.across, part_.down);
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
  return shown_.pixels.get();
}

}  // namespace loopglass::gl
