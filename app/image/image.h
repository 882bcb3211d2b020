// A picture as values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace loopglass::image {

using Colour = std::array<uint8_t, 4>;   // red, green, blue, opacity

// Rows from the top, four bytes a pixel.
struct Image {
  int width = 0, height = 0;
  std::vector<uint8_t> rgba;
};
inline Image blank(int width, int height) { return {width, height, std::vector<uint8_t>(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4)}; }

// A picture of at most 256 colours, a byte a pixel.
struct Indexed {
  int width = 0, height = 0;
  std::vector<uint8_t> pixels;    // indices into `colours`
  std::vector<Colour> colours;
};

}  // namespace loopglass::image
