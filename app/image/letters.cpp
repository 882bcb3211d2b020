#include "app/image/letters.h"

#include <ft2build.h>
#include FT_FREETYPE_H

#include <cmath>
#include <functional>
#include <vector>

#include "app/image/face.h"

namespace loopglass::image {
namespace {

// The code points of UTF-8 text; what is none is left out.
std::vector<FT_ULong> code_points(std::string_view text) {
  std::vector<FT_ULong> points;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
    if (length == 0 || i + length > text.size()) {
      ++i;
      continue;
    }
    FT_ULong point = length == 1 ? lead : lead & (0x7Fu >> length);
    for (size_t k = 1; k < length; ++k) point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3Fu);
    points.push_back(point);
    i += length;
  }
  return points;
}

void blend(Image& image, int x, int y, Colour colour, int coverage) {
  if (x < 0 || y < 0 || x >= image.width || y >= image.height) return;
  uint8_t* to = &image.rgba[(static_cast<size_t>(y) * static_cast<size_t>(image.width) + static_cast<size_t>(x)) * 4];
  for (size_t i = 0; i < 3; ++i) to[i] = static_cast<uint8_t>((to[i] * (255 - coverage) + colour[i] * coverage + 127) / 255);
}

}  // namespace

struct Letters::Faces {
  FT_Library library = nullptr;
  std::vector<FT_Face> faces[3];   // by Lettering: the face, then what stands in for what it lacks

  Faces() {
    if (FT_Init_FreeType(&library)) return;
    open(Lettering::Text, {kText, kChinese});
    open(Lettering::Bold, {kBold, kChineseBold});
    open(Lettering::Mono, {kMono, kChinese});
  }
  ~Faces() {
    for (auto& list : faces)
      for (const FT_Face face : list) FT_Done_Face(face);
    if (library) FT_Done_FreeType(library);
  }
  void open(Lettering lettering, std::initializer_list<Wanted> wanted) {
    for (const Wanted& one : wanted) {
      const auto found = find_face(one);
      FT_Face face = nullptr;
      if (found && FT_New_Face(library, found->file.c_str(), found->index, &face) == 0) faces[static_cast<size_t>(lettering)].push_back(face);
    }
  }
  // Calls `f` for each letter, drawn, with where it stands; gives where the next would.
  float for_each(std::string_view text, Lettering lettering, float size, const std::function<void(float, FT_GlyphSlot)>& f) {
    float x = 0;
    for (const FT_ULong point : code_points(text))
      for (const FT_Face face : faces[static_cast<size_t>(lettering)]) {
        const FT_UInt glyph = FT_Get_Char_Index(face, point);
        if (glyph == 0) continue;
        FT_Set_Char_Size(face, 0, static_cast<FT_F26Dot6>(std::lround(size * 64)), 72, 72);
        if (FT_Load_Glyph(face, glyph, FT_LOAD_RENDER | FT_LOAD_TARGET_LIGHT)) break;
        f(x, face->glyph);
        x += static_cast<float>(face->glyph->linearHoriAdvance) / 65536;
        break;
      }
    return x;
  }
};

Letters::Letters() : faces_(std::make_unique<Faces>()) {}
Letters::~Letters() = default;

float Letters::width(std::string_view text, Lettering lettering, float size) {
  return faces_->for_each(text, lettering, size, [](float, FT_GlyphSlot) {});
}

void Letters::draw(Image& image, float x, float baseline, std::string_view text, Lettering lettering, float size, Colour colour) {
  faces_->for_each(text, lettering, size, [&](float at, FT_GlyphSlot glyph) {
    const FT_Bitmap& bitmap = glyph->bitmap;
    if (bitmap.pixel_mode != FT_PIXEL_MODE_GRAY) return;
    const int left = static_cast<int>(std::lround(x + at)) + glyph->bitmap_left, top = static_cast<int>(std::lround(baseline)) - glyph->bitmap_top;
    for (unsigned row = 0; row < bitmap.rows; ++row)
      for (unsigned column = 0; column < bitmap.width; ++column)
        blend(image, left + static_cast<int>(column), top + static_cast<int>(row), colour,
              bitmap.buffer[static_cast<ptrdiff_t>(row) * bitmap.pitch + static_cast<ptrdiff_t>(column)]);
  });
}

}  // namespace loopglass::image
