// The memory panel: one picture per buffer of how often, or when, each element is touched; the elements of one iteration of the selected loop.
#pragma once

#include "app/ui/memory_legend.h"
#include "app/ui/memory_modes.h"
#include "app/ui/memory_picture.h"
#include "app/ui/panel.h"
#include "app/ui/set_strip.h"
#include "app/ui/time_bar.h"

namespace loopglass::ui {

class MemoryPanel {
 public:
  void draw(const PanelContext& context);
  bool is_playing() const { return bar_.is_playing(); }

 private:
  // What a picture is made from, and keeps: values are asked for as it is drawn.
  struct Made {
    std::shared_ptr<const void> source;     // the accesses, or a moment
    std::shared_ptr<const void> computed;
    std::shared_ptr<const void> before;
    HeatMode mode = HeatMode::Accesses;
    PlaneChoice plane;
    gl::Pooling pooling = gl::Pooling::Largest;
    bool is_logarithmic = false;            // of differences
    bool operator==(const Made&) const = default;
  };
  struct Shown {
    Made made;
    gl::HeatmapPicture picture;
    std::optional<const void*> touched;     // what its marks were made from; nothing: not made yet
  };
  struct ScaleKey {
    const void* source = nullptr;
    const void* other = nullptr;
    HeatMode mode = HeatMode::Accesses;
    bool operator==(const ScaleKey&) const = default;
  };

  // Tabs for the modes that say most, and a menu of all, with what else can be chosen.
  void choose_mode(const PanelContext& context);
  void draw_mode_menu(const PanelContext& context, const std::vector<NamedMode>& modes);
  void draw_comparison_menu(const PanelContext& context);
  std::string version_name(const PanelContext& context, int id) const;
  // Whether the pictures show how much more than in another version there is.
  bool is_difference(const PanelContext& context) const;
  const std::vector<locality::ElementCounts>* computed_values(const PanelContext& context, const locality::Access& access) const;
  PictureSource source_of(const PanelContext& context, const locality::Access& access, size_t number) const;
  void draw_contents(const PanelContext& context, const locality::Access& access);
  // Ask the session for a moment, or for values, where they are to be shown, and no longer where not.
  void follow_moment(const PanelContext& context);
  void follow_values(const PanelContext& context);
  void find_scales(const PanelContext& context, const locality::Access& access);
  void draw_pictures(const PanelContext& context, const locality::Access& access, float height);
  void draw_picture(const PanelContext& context, const locality::Access& access, const MemoryPicture& place, ImVec2 origin);
  std::string title_end(const PanelContext& context, const locality::BufferAccess& buffer, const MemoryPicture& place) const;
  std::string element_text(const PanelContext& context, const locality::Access& access, size_t number, const std::vector<int64_t>& index) const;
  void draw_hover(const PanelContext& context, const locality::Access& access, const PlacedPicture& picture);
  void draw_picture_menu(const PanelContext& context, const locality::BufferAccess& buffer, const PlacedPicture& picture);
  void draw_marked_element(const PanelContext& context, const locality::Access& access);
  void draw_pin(const PanelContext& context, const PlacedPicture& picture, const std::vector<int64_t>& index, const std::string& text);
  void draw_axes(const PanelContext& context, const locality::BufferAccess& buffer, const MemoryPicture& place, ImVec2 origin);
  void draw_next_access(const PanelContext& context, const locality::BufferAccess& buffer, const PlacedPicture& picture);
  std::string legend_title(const PanelContext& context) const;
  void draw_legend(const PanelContext& context, const locality::Access& access, float width);
  void update(const PanelContext& context, const locality::Access& access, const MemoryPicture& place, Shown& shown);
  gl::HeatmapStyle style(const PanelContext& context, int64_t scale_end) const;

  // What is shown: until a version's accesses have been counted, those of the version before it.
  std::shared_ptr<const locality::Access> last_access_;
  TimeBar bar_;
  bool has_moment_ = false;                            // asked for
  std::optional<app::ElementQuantity> asked_for_;
  std::vector<Shown> shown_;
  std::vector<PlacedPicture> placed_;                  // in this frame
  std::optional<std::pair<size_t, std::vector<int64_t>>> hovered_;   // a buffer, and its element under the mouse
  std::vector<int64_t> menu_element_;
  bool was_dragged_ = false;
  SetStrip strip_;
  MemoryLegend legend_;
  ScaleKey scaled_;
  int64_t scale_end_ = 1;
  std::vector<int64_t> scale_ends_;                    // by buffer
};

}  // namespace loopglass::ui
