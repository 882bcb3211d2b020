// The window, its session and a hand, driven frame by frame by what --tour and --edits play.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "app/model/places.h"
#include "app/model/session.h"
#include "app/ui/hand.h"
#include "app/ui/shell.h"
#include "app/ui/window.h"

namespace loopglass::ui {

// Settings, journal and caches of its own, so that it neither finds nor leaves anything.
class FreshHome {
 public:
  FreshHome();
  ~FreshHome();
  FreshHome(const FreshHome&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  const std::filesystem::path path_;
};

class PlayedWindow {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  // Opens the course's program, or a program that is given as text. Errors: NoDisplay, FileError.
  static Result<std::unique_ptr<PlayedWindow>> open(const std::string& language, const std::string& program = {});

  const app::View& view() const { return session_.view(); }
  const app::Measurement* measured() const;   // of the version on the screen; null before there is something
  int version() const { return view().version() ? view().version()->id : -1; }
  ViewState& state() { return shell_->state(); }
  const Locale& words() const { return shell_->words(); }
  Hand& hand() { return hand_; }

  // Draws one frame, in which the hand plays its next motion.
  void frame(image::Image* picture = nullptr);
  // Draws frames until the hand has done all and the condition holds; TourStopped where that takes longer than kPatience.
  Result<void> until(const char* what, const std::function<bool()>& holds);
  // As the program's own loop draws: sleeps while there is nothing new to show.
  void sleep_between_frames() { sleeps_ = true; }
  // Where something is on the screen; TourStopped where it is not.
  Result<Rect> mark(const std::string& name);
  // Clicks a card of the tree and waits until it is selected: "loop j".
  Result<void> select(const std::string& name);
  // A first verified time is there, and the sampling is over.
  bool is_timed() const;

  Moment last_motion() const { return last_motion_; }   // the beginning of the frame that the hand's last motion was played in
  double slowest_frame_ms() const { return slowest_frame_ms_; }
  void forget_frames(double slowest_ms = 0) { slowest_frame_ms_ = slowest_ms; }

 private:
  static constexpr auto kPatience = std::chrono::seconds(20);   // for one step

  explicit PlayedWindow(std::unique_ptr<FreshHome> home) : home_(std::move(home)) {}

  std::unique_ptr<FreshHome> home_;
  std::unique_ptr<Window> window_;
  std::unique_ptr<Shell> shell_;
  app::Session session_{{.worker = app::worker_program(), .state_directory = app::state_directory(), .kernel_directory = app::kernel_directory()}, Window::wake};
  Hand hand_;
  bool sleeps_ = false;
  Moment last_motion_;
  double slowest_frame_ms_ = 0;
};

double milliseconds_since(PlayedWindow::Moment start);

}  // namespace loopglass::ui
