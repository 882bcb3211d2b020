#include "app/gl/framebuffer.h"

#include <glad/gl.h>

#include <algorithm>

namespace loopglass::gl {

image::Image read_framebuffer(int width, int height) {
  image::Image image = image::blank(width, height);
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

}  // namespace loopglass::gl
