// A rectangle in pixels, from its upper left corner.
#pragma once

namespace loopglass::ui {

struct Rect {
  float x = 0, y = 0, width = 0, height = 0;
  float right() const { return x + width; }
  float bottom() const { return y + height; }
  bool contains(float px, float py) const { return px >= x && px < right() && py >= y && py < bottom(); }
};

}  // namespace loopglass::ui
