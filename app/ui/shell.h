// The window's contents: title strip with menus, the docked panels, the foot strip, and what opens above them.
#pragma once

#include <filesystem>
#include <future>

#include "app/ui/actions.h"
#include "app/ui/history_panel.h"
#include "app/ui/loop_tree_panel.h"
#include "app/ui/memory_panel.h"
#include "app/ui/palette.h"
#include "app/ui/text_panel.h"

namespace loopglass::ui {

class Shell {
 public:
  // Needs Dear ImGui's and OpenGL's contexts. Errors: those of the locale and of the shaders.
  static Result<std::unique_ptr<Shell>> create(const std::filesystem::path& assets, const std::filesystem::path& shaders, app::Settings settings,
                                               float display_scale);

  // One frame, between ImGui::NewFrame and ImGui::Render. Commands go to `send`.
  void draw(const app::View& view, const std::function<void(app::Command)>& send);

  const app::Settings& settings() const { return desk_.settings; }
  ViewState& state() { return state_; }
  Desk& desk() { return desk_; }
  Locale& words() { return words_; }
  // Every frame differs from the one before: draw again at once.
  bool is_moving() const { return memory_.is_playing(); }
  // Something moves without input: draw again soon.
  bool is_waiting() const { return desk_.chooser.is_waiting() || toast_frames_ > 0 || peaks_to_come_.valid(); }

 private:
  Shell(Locale words, gl::HeatmapRenderer heatmaps, app::Settings settings, float display_scale);

  void follow(const app::View& view, const std::function<void(app::Command)>& send);
  void look_for_peaks(const app::View& view);
  void apply_settings();
  bool has_dialog() const;
  void escape();
  void draw_title_strip(const PanelContext& context, const std::vector<Action>& actions);
  void draw_status(const PanelContext& context, float left);
  void draw_program_pill(const PanelContext& context, float left, float right);
  void draw_foot(const PanelContext& context);
  void draw_dock_space(const PanelContext& context, bool reset);
  void draw_keys(const PanelContext& context, const std::vector<Action>& actions);
  void draw_toast(const PanelContext& context);

  Locale words_;
  gl::HeatmapRenderer heatmaps_;
  Fonts fonts_;
  measure::Machine machine_;
  std::optional<measure::Peaks> peaks_;
  std::future<measure::Peaks> peaks_to_come_;
  Desk desk_;
  float display_scale_ = 1;
  Theme theme_;
  ViewState state_;
  TextPanel text_;
  LoopTreePanel tree_;
  MemoryPanel memory_;
  HistoryPanel history_;
  CommandPalette palette_;
  app::VersionPtr shown_;           // of the last frame
  std::optional<app::Notice> toast_;
  int toast_frames_ = 0;
  bool is_themed_ = false;
  int first_frames_ = 3;
};

}  // namespace loopglass::ui
