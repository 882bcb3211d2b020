// The foot of the memory panel: what the colours of its pictures stand for.
#pragma once

#include <imgui.h>

#include "app/ui/panel.h"

namespace loopglass::ui {

inline constexpr float kLegendHeight = 52;

class MemoryLegend {
 public:
  // A scale, its ends and middle in words.
  struct Scale {
    std::string title, low, middle, high, total;
    std::string before;   // where the scale went before, if it has just changed
    gl::HeatmapStyle style;
  };
  void draw(const PanelContext& context, const Scale& scale, float width);
  // At a moment: a swatch for each level with the lines that it holds, and one for memory.
  void draw_moment(const PanelContext& context, const gl::HeatmapStyle& style, float width);

 private:
  // All of a scale, from left to right.
  GLuint ramp(const PanelContext& context, gl::HeatmapStyle style, float width, float height);
  gl::HeatmapPicture ramp_;
};

}  // namespace loopglass::ui
