#include "app/ui/run_window.h"

#include "app/model/places.h"
#include "app/model/session.h"
#include "app/model/settings.h"
#include "app/report/draw.h"
#include "app/ui/shell.h"
#include "app/ui/window.h"

namespace loopglass::ui {
namespace {

constexpr double kFrame = 1.0 / 60;     // seconds
constexpr double kStepOfWork = 0.05;   // seconds between looks at what is under way

}  // namespace

Result<void> run_window(const std::filesystem::path& file, const std::string& language) {
  app::Settings settings = app::load_settings(app::config_directory());
  if (!language.empty()) settings.language = language;
  WindowOptions options;
  options.layout_file = app::config_directory() / "panels.ini";
  TRY_ASSIGN(const std::unique_ptr<Window> window, Window::open(options));
  TRY_ASSIGN(const std::unique_ptr<Shell> shell, Shell::create(app::assets_directory(), app::shaders_directory(), settings, window->display_scale()));
  shell->desk().reset_layout = !std::filesystem::exists(options.layout_file);
  app::Session session({.worker = app::worker_program(),
                        .state_directory = app::state_directory(),
                        .kernel_directory = app::kernel_directory(),
                        .threads = settings.threads,
                        .cold = settings.cold,
                        .draw = report::drawer(app::assets_directory(), settings.threads)},
                       Window::wake);
  session.send(app::Start{file, app::assets_directory() / "programs/mm_relu.py"});
  auto draw = [&] {
    shell->draw(session.view(), [&session](app::Command command) { session.send(std::move(command)); });
    if (session.awaits_version() || (session.awaits_moment() && !shell->is_moving())) window->leave_out();
  };
  while (!window->should_close() && !shell->desk().quit) {
    if (session.update()) window->settle();
    window->frame(draw);
    if (!(shell->settings() == settings)) app::save_settings(settings = shell->settings(), app::config_directory());
    window->wait_for_next_frame(shell->is_moving() ? kFrame : shell->is_waiting() ? kStepOfWork : -1);
  }
  return {};
}

}  // namespace loopglass::ui
