// Pictures to disk: RGBA bytes as a PNG file, and the window's framebuffer as such bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "engine/support/result.h"

namespace loopglass::gl {

// Rows from the top, four bytes a pixel.
struct Image {
  int width = 0, height = 0;
  std::vector<uint8_t> rgba;
};

// What the current context's framebuffer shows, opaque.
Image read_framebuffer(int width, int height);

// Errors: FileError.
Result<void> write_png(const Image& image, const std::filesystem::path& path);

}  // namespace loopglass::gl
