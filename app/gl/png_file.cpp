#include "app/gl/png_file.h"

#include <fmt/format.h>
#include <glad/gl.h>
#include <png.h>

#include <algorithm>

namespace loopglass::gl {

Image read_framebuffer(int width, int height) {
  Image image{width, height, std::vector<uint8_t>(static_cast<size_t>(width) * height * 4)};
  glPixelStorei(GL_PACK_ALIGNMENT, 4);
  glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, image.rgba.data());
  const size_t row = static_cast<size_t>(width) * 4;
  for (int y = 0; y < height / 2; ++y) {  // OpenGL's rows come from the bottom
    auto upper = image.rgba.begin() + static_cast<ptrdiff_t>(row * y);
    auto lower = image.rgba.begin() + static_cast<ptrdiff_t>(row * (height - 1 - y));
    std::swap_ranges(upper, upper + static_cast<ptrdiff_t>(row), lower);
  }
  for (size_t i = 3; i < image.rgba.size(); i += 4) image.rgba[i] = 255;
  return image;
}

Result<void> write_png(const Image& image, const std::filesystem::path& path) {
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  header.width = static_cast<png_uint_32>(image.width);
  header.height = static_cast<png_uint_32>(image.height);
  header.format = PNG_FORMAT_RGBA;
  header.flags = PNG_IMAGE_FLAG_FAST;
  if (png_image_write_to_file(&header, path.c_str(), 0, image.rgba.data(), 0, nullptr)) return {};
  return fail(DiagnosticKind::FileError, fmt::format("{} cannot be written: {}", path.string(), header.message));
}

}  // namespace loopglass::gl
