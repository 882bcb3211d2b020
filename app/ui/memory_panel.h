// The memory panel: one picture per buffer of how often, or when, each element is touched; the elements of one iteration of the selected loop.
#pragma once

#include "app/ui/memory_layout.h"
#include "app/ui/panel.h"
#include "app/ui/time_bar.h"

namespace loopglass::ui {

class MemoryPanel {
 public:
  void draw(const PanelContext& context);
  bool is_playing() const { return bar_.is_playing(); }

 private:
  // A buffer's picture and what it was made from.
  struct Shown {
    gl::HeatmapPicture picture;
    const void* source = nullptr;   // accesses, or a moment
    std::optional<const void*> touched;   // what its marks were made from; nothing: not made yet
    HeatMode mode = HeatMode::Accesses;
    PlaneChoice plane;
  };

  // Tabs for the modes that say most, and a menu of all.
  void choose_mode(const PanelContext& context);
  void draw_mode_menu(const PanelContext& context, bool is_on_tab);
  void draw_contents(const PanelContext& context, const locality::Access& access);
  // Asks for a moment where one is to be shown, and no longer where not.
  void follow_moment(const PanelContext& context);
  void draw_pictures(const PanelContext& context, const locality::Access& access, float height);
  void draw_picture(const PanelContext& context, const locality::Access& access, const MemoryPicture& place, ImVec2 origin);
  void draw_hover(const PanelContext& context, const locality::BufferAccess& buffer, const MemoryPicture& place, ImVec2 from);
  void draw_axes(const PanelContext& context, const locality::BufferAccess& buffer, const MemoryPicture& place, ImVec2 origin);
  void draw_next_access(const PanelContext& context, const locality::BufferAccess& buffer, const MemoryPicture& place, ImVec2 from);
  GLuint ramp(const PanelContext& context, float width, float height);
  void draw_levels_legend(const PanelContext& context, ImVec2 origin, float width);
  void draw_legend(const PanelContext& context, const locality::Access& access, float width);
  void update(const PanelContext& context, const locality::Access& access, const MemoryPicture& place, Shown& shown);
  gl::HeatmapStyle style(const PanelContext& context) const;

  // What is shown: until a version's accesses have been counted, those of the version before it.
  std::shared_ptr<const locality::Access> last_access_;
  TimeBar bar_;
  bool has_moment_ = false;   // asked for
  std::vector<Shown> shown_;
  gl::HeatmapPicture legend_;
  bool legend_ready_ = false;
  const void* scaled_for_ = nullptr;
  HeatMode scaled_mode_ = HeatMode::Accesses;
  int64_t scale_end_ = 1;
};

}  // namespace loopglass::ui
