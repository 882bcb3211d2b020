// A drawing of boxes, texts and pictures, and its two forms.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "app/image/image.h"
#include "app/image/letters.h"

namespace loopglass::report {

struct Box {
  float x = 0, y = 0, width = 0, height = 0;
  image::Colour colour{};
  bool hatched = false;           // thin slanting lines in the colour, on white
};

struct Text {
  float x = 0, baseline = 0;
  std::string text;
  image::Lettering lettering = image::Lettering::Text;
  float size = 13;
  image::Colour colour{29, 33, 43, 255};
  enum class Anchor { Start, Middle, End } anchor = Anchor::Start;
};

struct Picture {
  float x = 0, y = 0, width = 0, height = 0;
  image::Indexed cells;
  std::string name;               // for those who cannot see it
};

struct Sheet {
  float width = 0, height = 0;    // pixels at the scale 1
  std::string title;
  std::vector<std::variant<Box, Text, Picture>> items;   // from back to front
};

// One file that needs nothing else, the pictures inside. Fonts are named, not brought along.
std::string svg_of(const Sheet& sheet);
// The bytes of a PNG file, `scale` pixels for each of the sheet's.
std::string png_of(const Sheet& sheet, int scale);

}  // namespace loopglass::report
