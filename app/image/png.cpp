#include "app/image/png.h"

#include <fmt/format.h>
#include <png.h>

#include "engine/support/check.h"

namespace loopglass::image {
namespace {

png_image header_of(int width, int height, png_uint_32 format) {
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  header.width = static_cast<png_uint_32>(width);
  header.height = static_cast<png_uint_32>(height);
  header.format = format;
  return header;
}

std::string encoded(png_image header, const uint8_t* pixels, const void* colours) {
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(header);
  std::string bytes(size, '\0');
  const int done = png_image_write_to_memory(&header, bytes.data(), &size, 0, pixels, 0, colours);
  CHECK(done, header.message);
  bytes.resize(size);
  return bytes;
}

}  // namespace

std::string png_of(const Image& image) { return encoded(header_of(image.width, image.height, PNG_FORMAT_RGBA), image.rgba.data(), nullptr); }

std::string png_of(const Indexed& image) {
  png_image header = header_of(image.width, image.height, PNG_FORMAT_RGBA_COLORMAP);
  header.colormap_entries = static_cast<png_uint_32>(image.colours.size());
  return encoded(header, image.pixels.data(), image.colours.data());
}

Result<void> write_png(const Image& image, const std::filesystem::path& path) {
  png_image header = header_of(image.width, image.height, PNG_FORMAT_RGBA);
  header.flags = PNG_IMAGE_FLAG_FAST;
  if (png_image_write_to_file(&header, path.c_str(), 0, image.rgba.data(), 0, nullptr)) return {};
  return fail(DiagnosticKind::FileError, fmt::format("{} cannot be written: {}", path.string(), header.message));
}

}  // namespace loopglass::image
