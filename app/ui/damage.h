// What of a frame differs from the frame before, so that only that is drawn again: most frames change a label or a row, and software OpenGL pays by the
// pixel. Pure: looks at Dear ImGui's draw lists, tile by tile of the framebuffer.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <vector>

namespace loopglass::ui {

// Framebuffer pixels, rows from the top; the far ends are outside.
struct PixelRect {
  int left = 0, top = 0, right = 0, bottom = 0;
  bool is_empty() const { return left >= right || top >= bottom; }
  bool operator==(const PixelRect&) const = default;
};
PixelRect intersection(const PixelRect& a, const PixelRect& b);
// The pixels of the framebuffer, and those that a command of a frame may draw on.
PixelRect pixels_of(const ImDrawData& frame);
PixelRect pixels_of(const ImDrawCmd& command, const ImDrawData& frame);

class Damage {
 public:
  // Disjoint rectangles that hold all that differs from the frame given last: all of it at first, and when the size or the colour behind everything has changed.
  // A picture whose texture has the same name counts as the same picture, a callback with the same data as the same drawing.
  std::vector<PixelRect> next(const ImDrawData& frame, ImU32 ground);

 private:
  std::vector<uint64_t> tiles_;   // what covers each, in the order of drawing
  int width_ = 0, height_ = 0;    // framebuffer pixels
  ImU32 ground_ = 0;
};

// Leaves of a frame what is drawn inside the rectangles: disjoint ones, as next() gives them.
void clip_to(ImDrawData& frame, const std::vector<PixelRect>& rectangles);

}  // namespace loopglass::ui
