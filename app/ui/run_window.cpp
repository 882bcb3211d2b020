#include "app/ui/run_window.h"

#include <imgui.h>

#include <chrono>

#include "app/model/places.h"
#include "app/model/session.h"
#include "app/model/settings.h"
#include "app/ui/shell.h"
#include "app/ui/window.h"

namespace loopglass::ui {
namespace {

constexpr int kFramesAfterEvent = 3;      // Dear ImGui needs a few to settle
constexpr double kStepOfWork = 0.05;        // seconds between looks at what is under way
constexpr double kTooltipDelay = 0.3;     // seconds after the last event: tooltips appear

// Sleeps for ever until an event comes; where `patience` (seconds) is given, at most so long. True where an event came.
bool wait_for_event(Window& window, double patience) {
  const auto start = std::chrono::steady_clock::now();
  window.wait(patience);
  return patience < 0 || std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() < patience * 0.98;
}

}  // namespace

Result<void> run_window(const std::filesystem::path& file, const std::string& language) {
  app::Settings settings = app::load_settings(app::config_directory());
  if (!language.empty()) settings.language = language;
  WindowOptions options;
  options.layout_file = app::config_directory() / "panels.ini";
  TRY_ASSIGN(const std::unique_ptr<Window> window, Window::open(options));
  TRY_ASSIGN(const std::unique_ptr<Shell> shell, Shell::create(app::assets_directory(), app::shaders_directory(), settings, window->display_scale()));
  shell->desk().reset_layout = !std::filesystem::exists(options.layout_file);
  app::Session session({app::worker_program(), app::state_directory(), 0.5, settings.threads}, Window::wake);
  session.send(app::Start{file, app::assets_directory() / "programs/mm_relu.py"});
  auto draw = [&] { shell->draw(session.view(), [&session](app::Command command) { session.send(std::move(command)); }); };
  while (!window->should_close() && !shell->desk().quit) {
    for (int i = 0; i < kFramesAfterEvent && !window->should_close(); ++i) {
      window->wait(0);
      session.update();
      window->frame(draw);
    }
    if (!(shell->settings() == settings)) app::save_settings(settings = shell->settings(), app::config_directory());
    if (shell->is_waiting()) {
      window->wait(kStepOfWork);
    } else if (!wait_for_event(*window, kTooltipDelay)) {
      window->frame(draw);
      wait_for_event(*window, -1);
    }
  }
  return {};
}

}  // namespace loopglass::ui
