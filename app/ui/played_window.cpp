#include "app/ui/played_window.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "app/model/files.h"

namespace loopglass::ui {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

double milliseconds_since(PlayedWindow::Moment start) { return std::chrono::duration<double, std::milli>(steady_clock::now() - start).count(); }

FreshHome::FreshHome() : path_(fs::temp_directory_path() / fmt::format("loopglass-tour-{}", steady_clock::now().time_since_epoch().count())) {
  fs::create_directories(path_);
  setenv("LOOPGLASS_HOME", path_.c_str(), 1);
}

FreshHome::~FreshHome() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Result<std::unique_ptr<PlayedWindow>> PlayedWindow::open(const std::string& language, const std::string& program) {
  auto home = std::make_unique<FreshHome>();
  fs::path file = app::assets_directory() / "programs/mm_relu.py";
  if (!program.empty()) {
    file = home->path() / "program.py";
    TRY(app::write_file(file, program));
  }
  app::Settings settings;
  settings.language = language.empty() ? app::language_of_environment() : language;
  TRY_ASSIGN(std::unique_ptr<Window> window, Window::open({}));
  TRY_ASSIGN(std::unique_ptr<Shell> shell, Shell::create(app::assets_directory(), app::shaders_directory(), settings, window->display_scale()));
  std::unique_ptr<PlayedWindow> played(new PlayedWindow(std::move(home)));
  played->window_ = std::move(window);
  played->shell_ = std::move(shell);
  played->window_->ignore_devices();
  played->session_.send(app::Start{{}, file});
  return played;
}

const app::Measurement* PlayedWindow::measured() const {
  const app::Version* now = view().version();
  return now ? view().measurement(*now) : nullptr;
}

void PlayedWindow::frame(image::Image* picture) {
  if (sleeps_ && hand_.is_idle()) window_->wait_for_next_frame(0.05);
  window_->wait(0);   // before the view is taken: what wakes the window after that has something new
  const auto start = steady_clock::now();
  if (session_.update()) window_->settle();
  if (!hand_.is_idle()) last_motion_ = start;
  const auto draw = [this] {
    shell_->draw(view(), [this](app::Command command) { session_.send(std::move(command)); });
    if (session_.awaits_version() || (session_.awaits_moment() && !shell_->is_moving())) window_->leave_out();
  };
  window_->frame(draw, picture, [this] { hand_.next(); });
  slowest_frame_ms_ = std::max(slowest_frame_ms_, milliseconds_since(start));
}

Result<void> PlayedWindow::until(const char* what, const std::function<bool()>& holds) {
  const auto start = steady_clock::now();
  while (true) {
    frame();
    if (hand_.is_idle() && holds()) return {};
    if (steady_clock::now() - start > kPatience)
      return fail(DiagnosticKind::TourStopped, fmt::format("the tour stopped: waited {} s until {}", kPatience.count(), what), "look at the last picture in the tour's folder");
  }
}

Result<Rect> PlayedWindow::mark(const std::string& name) {
  const auto& marks = state().marks;
  if (const auto it = marks.find(name); it != marks.end()) return it->second;
  return fail(DiagnosticKind::TourStopped, fmt::format("the tour stopped: there is no {} on the screen", name), "look at the last picture in the tour's folder");
}

Result<void> PlayedWindow::select(const std::string& name) {
  TRY_ASSIGN(const Rect card, mark(name));
  hand_.click({card.x + card.width * 0.6f, card.y + card.height * 0.3f});
  return until("the selection has come", [this] { return state().selection && view().moves_of == state().selection; });
}

bool PlayedWindow::is_timed() const {
  const app::Measurement* now = measured();
  return now && now->timed && now->verified && view().access && now->state == app::Measurement::State::Done;
}

}  // namespace loopglass::ui
