// The memory panel: one picture per buffer of how often, or when, each element is touched; the elements of one iteration of the selected loop.
#pragma once

#include "app/ui/memory_legend.h"
#include "app/ui/memory_modes.h"
#include "app/ui/memory_picture.h"
#include "app/ui/panel.h"
#include "app/ui/picture_set.h"
#include "app/ui/set_strip.h"
#include "app/ui/time_bar.h"
#include "app/ui/window.h"

namespace loopglass::ui {

class MemoryPanel {
 public:
  void draw(const PanelContext& context);
  bool is_playing() const { return bar_.is_playing(); }

 private:
  // What the picture of a moment is made from, and keeps.
  struct MomentKey {
    std::shared_ptr<const app::Instant> instant;
    PlaneChoice plane;
    gl::Pooling pooling = gl::Pooling::Largest;
    bool operator==(const MomentKey&) const = default;
  };
  struct Shown {
    MomentKey moment;
    std::shared_ptr<const gl::Pyramid> values;
    gl::HeatmapPicture picture;
    std::optional<const void*> touched;     // what its marks were made from; nothing: not made yet
  };

  // The pictures that are asked for.
  PictureKey key_of(const PanelContext& context) const;
  // Whether what they show has been computed.
  bool has_values_of(const PictureKey& key) const;
  // Those of the last frame stand in for the same of a new version, until they are made; under a veil where that takes a simulation. False: there is nothing to draw.
  bool find_pictures(const PanelContext& context);
  void take(std::shared_ptr<const PictureSet> made, int version);
  // Whether the pictures show how much more than in another version there is.
  bool is_difference() const { return set_ && set_->key.compared; }
  PictureSource source_of(const locality::Access& access, size_t number) const;
  void draw_contents(const PanelContext& context);
  void draw_body(const PanelContext& context, const locality::Access& access);
  // Ask the session for a moment, or for values, where they are to be shown, and no longer where not.
  void follow_moment(const PanelContext& context);
  void follow_values(const PanelContext& context);
  // Asks who touches the element under the mouse, or the pinned one.
  void follow_touchers(const PanelContext& context, const locality::Access& access);
  void draw_pictures(const PanelContext& context, const locality::Access& access, float height);
  void draw_picture(const PanelContext& context, const locality::Access& access, const MemoryPicture& place, ImVec2 origin);
  std::string title_end(const PanelContext& context, const locality::BufferAccess& buffer, const MemoryPicture& place) const;
  void draw_hover(const PanelContext& context, const locality::Access& access, const PlacedPicture& picture);
  void draw_picture_menu(const PanelContext& context, const locality::Access& access, const locality::BufferAccess& buffer, const PlacedPicture& picture);
  void click_picture(const PanelContext& context, const std::string& buffer, const PlacedPicture& picture);
  void draw_marked_element(const PanelContext& context, const locality::Access& access);
  std::string legend_title(const PanelContext& context) const;
  void draw_legend(const PanelContext& context, const locality::Access& access, float width);
  std::shared_ptr<const gl::Pyramid> moment_values(const PanelContext& context, const locality::Access& access, const MemoryPicture& place) const;
  void update(const PanelContext& context, const locality::Access& access, const MemoryPicture& place, Shown& shown);
  gl::HeatmapStyle style(const PanelContext& context, int64_t scale_end) const;

  // What is to be shown: until a version's accesses have been counted, those of the version before it.
  std::shared_ptr<const locality::Access> last_access_;
  PictureMaker maker_{Window::wake};
  std::shared_ptr<const PictureSet> set_;              // what is shown; null: a moment, or nothing yet
  bool is_veiled_ = false;                             // what is shown is of another version, and will be for a while
  struct Scale {
    HeatMode mode;
    int version;
    int64_t end;
  };
  std::optional<Scale> last_scale_;                    // not of differences
  int64_t scale_end_ = 1;                              // of what is shown: while the version stays it never shrinks, so that other rows are seen on the same scale
  std::optional<int64_t> scale_was_;                   // the end before that, where the same was shown of another version
  TimeBar bar_;
  bool has_moment_ = false;                            // asked for
  std::optional<app::ElementQuantity> asked_for_;
  std::optional<app::BufferElement> touchers_of_;      // asked for
  std::vector<Shown> shown_;
  std::vector<PlacedPicture> placed_;                  // in this frame
  std::optional<std::pair<size_t, std::vector<int64_t>>> hovered_;   // a buffer, and its element under the mouse
  std::vector<int64_t> menu_element_;
  bool was_dragged_ = false;
  SetStrip strip_;
  MemoryLegend legend_;
};

}  // namespace loopglass::ui
