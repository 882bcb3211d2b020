// What a person does in the window, and sees, in both languages: a test with the language as its parameter.
#pragma once

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/app/driven_window.h"

namespace loopglass::ui {

namespace fs = std::filesystem;

inline fs::path course_program() { return fs::path(LOOPGLASS_SOURCE_DIR) / "assets/programs/mm_relu.py"; }
inline std::string card(const char* label) { return fmt::format("//###tree/**/{}", label); }

class Story : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!std::getenv("DISPLAY") && !std::getenv("WAYLAND_DISPLAY")) GTEST_SKIP() << "no display";
  }
};

// The window, once what is open has a verified time.
inline DrivenWindow& once_timed(ImGuiTestContext* context) {
  DrivenWindow& desk = DrivenWindow::of(context);
  until(context, "a verified time is there", [&] { return desk.is_timed(); });
  return desk;
}

inline bool is_step(DrivenWindow& desk, const char* primitive) {
  return desk.view().version()->primitive && std::string_view(desk.view().version()->primitive->name) == primitive;
}

inline void select(ImGuiTestContext* context, const char* label) {
  DrivenWindow& desk = DrivenWindow::of(context);
  context->ItemClick(card(label).c_str());
  until(context, "the selection has come", [&] { return desk.state().selection == desk.node(label) && desk.view().moves_of == desk.state().selection; });
}

inline std::string language_of(const testing::TestParamInfo<const char*>& info) { return info.param; }

}  // namespace loopglass::ui
