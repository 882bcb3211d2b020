// The memory panel: one picture per buffer of how often, or when, each element is touched; the elements of one iteration of the selected loop.
#pragma once

#include "app/ui/memory_layout.h"
#include "app/ui/panel.h"

namespace loopglass::ui {

class MemoryPanel {
 public:
  void draw(const PanelContext& context);

 private:
  // A buffer's picture and what it was made from.
  struct Shown {
    gl::HeatmapPicture picture;
    const void* access = nullptr;
    const void* touched = nullptr;
    HeatMode mode = HeatMode::Accesses;
    PlaneChoice plane;
  };

  void draw_pictures(const PanelContext& context, const locality::Access& access, float height);
  void draw_picture(const PanelContext& context, const locality::Access& access, const MemoryPicture& place, ImVec2 origin);
  void draw_hover(const PanelContext& context, const locality::BufferAccess& buffer, const MemoryPicture& place, ImVec2 from);
  void draw_axes(const PanelContext& context, const locality::BufferAccess& buffer, const MemoryPicture& place, ImVec2 origin);
  void draw_legend(const PanelContext& context, const locality::Access& access, float width);
  void update(const PanelContext& context, const locality::Access& access, const MemoryPicture& place, Shown& shown);
  gl::HeatmapStyle style(const PanelContext& context) const;

  std::vector<Shown> shown_;
  gl::HeatmapPicture legend_;
  bool legend_ready_ = false;
  const void* scaled_for_ = nullptr;
  HeatMode scaled_mode_ = HeatMode::Accesses;
  int64_t scale_end_ = 1;
};

}  // namespace loopglass::ui
