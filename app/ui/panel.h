// What every panel is given: the values to show, and a way to ask for changes. A panel is a pure layout (tested without a window) and a
// draw that decides nothing.
#pragma once

#include <functional>

#include "app/gl/heatmap_renderer.h"
#include "app/model/command.h"
#include "app/model/view.h"
#include "app/ui/caches.h"
#include "app/ui/fonts.h"
#include "app/ui/locale.h"
#include "app/ui/theme.h"
#include "app/ui/view_state.h"
#include "engine/measure/peaks.h"

namespace loopglass::ui {

struct PanelContext {
  const app::View& view;
  const Theme& theme;
  const Fonts& fonts;
  const Locale& words;
  const Caches& caches;
  const measure::Peaks* peaks;   // null until they are known
  int threads;                   // that kernels run on
  gl::HeatmapRenderer& heatmaps;
  ViewState& state;
  const std::function<void(app::Command)>& send;

  const Palette& colour() const { return theme.colour; }
  float px(float length) const { return theme.px(length); }
};

}  // namespace loopglass::ui
