#include <algorithm>
#include <cmath>

#include "app/image/png.h"
#include "app/report/sheet.h"

namespace loopglass::report {
namespace {

constexpr image::Colour kWhite{255, 255, 255, 255}, kHatch{180, 187, 202, 255};
constexpr int kHatchStep = 6;   // of the sheet's pixels

class Painter {
 public:
  Painter(const Sheet& sheet, int scale)
      : scale_(scale), image_(image::blank(static_cast<int>(std::lround(sheet.width)) * scale, static_cast<int>(std::lround(sheet.height)) * scale)) {
    std::ranges::fill(image_.rgba, uint8_t{255});
  }

  void draw(const Box& box) {
    const int step = kHatchStep * scale_;
    fill(box, [&](int x, int y) { return !box.hatched ? box.colour : (x + y) % step < scale_ ? kHatch : kWhite; });
  }
  void draw(const Picture& picture) {
    const image::Indexed& cells = picture.cells;
    const int left = pixels(picture.x), top = pixels(picture.y), width = pixels(picture.width), height = pixels(picture.height);
    fill(picture, [&](int x, int y) {
      const auto column = static_cast<size_t>(int64_t{x - left} * cells.width / width), row = static_cast<size_t>(int64_t{y - top} * cells.height / height);
      return cells.colours[cells.pixels[row * static_cast<size_t>(cells.width) + column]];
    });
  }
  void draw(const Text& text) {
    const auto scale = static_cast<float>(scale_);
    const float size = text.size * scale, width = text.anchor == Text::Anchor::Start ? 0 : letters_.width(text.text, text.lettering, size);
    const float x = text.x * scale - (text.anchor == Text::Anchor::Middle ? width / 2 : width);
    letters_.draw(image_, x, text.baseline * scale, text.text, text.lettering, size, text.colour);
  }
  const image::Image& image() const { return image_; }

 private:
  int pixels(float length) const { return static_cast<int>(std::lround(length * static_cast<float>(scale_))); }

  // Every pixel of an item takes the colour that `f` gives; clear ones stay.
  template <class Item, class F>
  void fill(const Item& item, F&& f) {
    const int left = pixels(item.x), top = pixels(item.y);
    const int right = std::min(left + pixels(item.width), image_.width), bottom = std::min(top + pixels(item.height), image_.height);
    for (int y = top; y < bottom; ++y)
      for (int x = left; x < right; ++x)
        if (const image::Colour colour = f(x, y); colour[3] != 0)
          std::ranges::copy(colour, image_.rgba.begin() + (static_cast<ptrdiff_t>(y) * image_.width + x) * 4);
  }

  int scale_;
  image::Image image_;
  image::Letters letters_;
};

}  // namespace

std::string png_of(const Sheet& sheet, int scale) {
  Painter painter(sheet, scale);
  for (const auto& item : sheet.items) std::visit([&](const auto& one) { painter.draw(one); }, item);
  return image::png_of(painter.image());
}

}  // namespace loopglass::report
