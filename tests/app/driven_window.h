// The whole program in a window, its session and worker with it, driven by Dear ImGui's Test Engine: real gestures on what a person sees.
#pragma once

#include <imgui.h>
#include <imgui_test_engine/imgui_te_context.h>
#include <imgui_test_engine/imgui_te_engine.h>

#include <chrono>
#include <filesystem>

#include "app/model/session.h"
#include "app/ui/shell.h"
#include "app/ui/window.h"

namespace loopglass::ui {

class DrivenWindow {
 public:
  // A window of its own with fresh settings; opens `file`. Without a state directory nothing is kept. The test fails where there is no display.
  DrivenWindow(const char* language, const std::filesystem::path& file, const std::filesystem::path& state_directory = {});
  ~DrivenWindow();

  // Runs one test to its end; true where all its checks held.
  bool run(const char* name, ImGuiTestTestFunc* test);

  const app::View& view() const { return session_->view(); }
  ViewState& state() { return shell_->state(); }
  const std::vector<std::string>& recent_files() const { return shell_->settings().recent_files; }
  const Locale& words() { return shell_->words(); }
  // The path of a loop or block by the label on its card.
  ir::NodePath node(const std::string& label) const;
  std::string script() const { return view().texts ? view().texts->script.text : std::string(); }
  int version() const { return view().version() ? view().version()->id : -1; }
  // The current version has a verified time.
  bool is_timed() const;
  // The same by optimised code: a time that stays when another version is gone to.
  bool keeps_its_time() const;

  static DrivenWindow& of(ImGuiTestContext* context) { return *static_cast<DrivenWindow*>(context->Test->UserData); }

 private:
  void frame();
  std::unique_ptr<Window> window_;
  std::unique_ptr<Shell> shell_;
  std::unique_ptr<app::Session> session_;
  ImGuiTestEngine* engine_ = nullptr;
};

// Goes on frame by frame until the condition holds; an error of the test after 20 s.
template <class Condition>
bool until(ImGuiTestContext* context, const char* what, Condition holds) {
  if (context->IsError()) return false;
  const auto start = std::chrono::steady_clock::now();
  while (!holds()) {
    if (std::chrono::steady_clock::now() - start > std::chrono::seconds(20)) {
      IM_ERRORF("waited 20 s until %s", what);
      return false;
    }
    context->Yield();
  }
  context->Yield(2);
  return true;
}

}  // namespace loopglass::ui
