// One picture of the memory panel under the hand: zoom and pan, cache lines, the numbers of its elements.
#pragma once

#include <imgui.h>

#include "app/ui/line_layout.h"
#include "app/ui/panel.h"

namespace loopglass::ui {

// What a picture shows of its buffer's elements.
struct PictureSource {
  const locality::BufferAccess* buffer = nullptr;
  HeatMode mode = HeatMode::Accesses;
  const locality::ElementCounts* computed = nullptr;    // of the modes that are computed when they are asked for
  const locality::BufferAccess* before = nullptr;       // the same buffer in the version that it is compared with
};
// "12", "+3", "–" where there is none.
std::string value_text(const PictureSource& source, int64_t flat);

// A picture and where it lies on the screen.
struct PlacedPicture {
  MemoryPicture place;
  ImVec2 from;
  gl::PictureWindow window;
};

// The element under the mouse, as an index.
std::vector<int64_t> element_under_mouse(const PlacedPicture& picture);
// The wheel zooms around the mouse, dragging moves what is seen. After the picture's item.
void handle_zoom(const PanelContext& context, const std::string& buffer, const PlacedPicture& picture);
// Where elements are large enough: the ends of cache lines, and the numbers.
void draw_close_up(const PanelContext& context, const PictureSource& source, const PlacedPicture& picture);
// The line of an element, and on all pictures the lines that compete with it for a set of the nearest cache.
void draw_set_mates(const PanelContext& context, const locality::Access& access, const std::vector<PlacedPicture>& pictures, const locality::BufferAccess& buffer,
                    const std::vector<int64_t>& index);
// "L1: set 17, 96 lines for 8 ways"; empty where the cache is not known.
std::string set_text(const PanelContext& context, const locality::BufferAccess& buffer, const std::vector<int64_t>& index);
// An element's numbers, on a card beside it.
void draw_pin(const PanelContext& context, const PlacedPicture& picture, const std::vector<int64_t>& index, const std::string& text);
// A frame around the element that is touched next, at least as large as can be seen. Requires View::instant.
void draw_next_access(const PanelContext& context, const locality::BufferAccess& buffer, const PlacedPicture& picture);

}  // namespace loopglass::ui
