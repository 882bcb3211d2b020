// Pictures as PNG.
#pragma once

#include <filesystem>
#include <string>

#include "app/image/image.h"
#include "engine/support/result.h"

namespace loopglass::image {

// The bytes of a PNG file. Requires at least one pixel.
std::string png_of(const Image& image);
std::string png_of(const Indexed& image);

// Errors: FileError.
Result<void> write_png(const Image& image, const std::filesystem::path& path);

}  // namespace loopglass::image
