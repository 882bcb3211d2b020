#include "tests/app/driven_window.h"

#include <gtest/gtest.h>

#include "app/report/draw.h"
#include "app/ui/loop_tree_layout.h"

namespace loopglass::ui {

DrivenWindow::DrivenWindow(const char* language, const std::filesystem::path& file, const std::filesystem::path& state_directory) {
  auto window = Window::open({1600, 940, true, {}});
  if (!window) throw std::runtime_error(window.error().message);
  window_ = std::move(*window);
  app::Settings settings;
  settings.language = language;
  const std::filesystem::path root = LOOPGLASS_SOURCE_DIR;
  auto shell = Shell::create(root / "assets", root / "shaders", settings, 1);
  if (!shell) throw std::runtime_error(shell.error().message);
  shell_ = std::move(*shell);
  app::SessionOptions options;
  options.worker = std::filesystem::path(LOOPGLASS_BINARY_DIR) / "bin/loopglass-worker";
  options.state_directory = state_directory;
  options.budget_s = 0.05;
  options.draw = report::drawer(root / "assets", 1);
  session_ = std::make_unique<app::Session>(options, Window::wake);
  session_->send(app::OpenFile{file});
  engine_ = ImGuiTestEngine_CreateContext();
  ImGuiTestEngineIO& io = ImGuiTestEngine_GetIO(engine_);
  io.ConfigRunSpeed = ImGuiTestRunSpeed_Fast;
  io.ConfigVerboseLevel = ImGuiTestVerboseLevel_Warning;
  io.ConfigVerboseLevelOnError = ImGuiTestVerboseLevel_Info;
  io.ConfigLogToTTY = true;
  io.ConfigNoThrottle = true;
  ImGuiTestEngine_Start(engine_, ImGui::GetCurrentContext());
}

DrivenWindow::~DrivenWindow() {
  ImGuiTestEngine_Stop(engine_);
  shell_.reset();
  window_.reset();   // Dear ImGui's context goes before the engine's
  ImGuiTestEngine_DestroyContext(engine_);
}

void DrivenWindow::frame() {
  window_->wait(0);
  session_->update();
  window_->frame([this] { shell_->draw(session_->view(), [this](app::Command command) { session_->send(std::move(command)); }); });
  ImGuiTestEngine_PostSwap(engine_);
}

bool DrivenWindow::run(const char* name, ImGuiTestTestFunc* function) {
  ImGuiTest* test = ImGuiTestEngine_RegisterTest(engine_, "window", name, __FILE__, __LINE__);
  test->TestFunc = function;
  test->UserData = this;
  ImGuiTestEngine_QueueTest(engine_, test);
  while (!ImGuiTestEngine_IsTestQueueEmpty(engine_)) frame();
  return test->Output.Status == ImGuiTestStatus_Success;
}

ir::NodePath DrivenWindow::node(const std::string& label) const {
  const TreeLayout layout = layout_loop_tree(view().version()->schedule.module(), nullptr, {}, {});
  for (const auto& card : layout.cards)
    if (card.kind != TreeCard::Kind::Function && card.label == label) return card.path;
  return {};
}

bool DrivenWindow::is_timed() const {
  const app::Version* now = view().version();
  const app::Measurement* measured = now ? view().measurement(*now) : nullptr;
  return measured && measured->timed && measured->verified && measured->verified->ok && view().access;
}

bool DrivenWindow::keeps_its_time() const { return is_timed() && view().measurement(*view().version())->is_of_optimised_code(); }

}  // namespace loopglass::ui
