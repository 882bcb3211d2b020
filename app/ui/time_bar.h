// The foot of the memory panel while it shows a moment: a slider over all accesses, one for each loop around the next access, and playing.
#pragma once

#include <chrono>
#include <optional>

#include "app/ui/panel.h"

namespace loopglass::ui {

class TimeBar {
 public:
  // In pixels, for what draw() will show.
  float height(const PanelContext& context) const;
  // At the cursor, so wide. Sends app::SeekTo.
  void draw(const PanelContext& context, float width);
  bool is_playing() const { return playing_; }
  void stop() { playing_ = false; }

 private:
  void follow(const PanelContext& context);
  void seek(const PanelContext& context, double time);
  void play_on(const PanelContext& context);
  void draw_controls(const PanelContext& context, float width);
  void draw_loops(const PanelContext& context, float width);
  void draw_next(const PanelContext& context, float width);

  bool playing_ = false;
  int speed_ = 3;               // of kSpeeds
  double time_ = 0;             // the moment asked for last
  std::chrono::steady_clock::time_point played_at_;   // when time_ was the moment
  bool is_held_ = false;        // a slider is being dragged: what is asked for counts, not what has come
  std::shared_ptr<const app::Instant> seen_;
  std::optional<std::pair<const ir::VarNode*, int64_t>> asked_;   // a loop's value that was asked for since
};

}  // namespace loopglass::ui
