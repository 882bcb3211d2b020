// The window's loop, which draws only when there is something to show.
#include "app/ui/window.h"

#include <gtest/gtest.h>
#include <imgui.h>

#include <chrono>
#include <string>

namespace loopglass::ui {
namespace {

constexpr double kSleep = 0.2;   // seconds: a wait of that length is sleep

class WindowLoop : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::getenv("DISPLAY") && !std::getenv("WAYLAND_DISPLAY")) GTEST_SKIP() << "no display";
    auto window = Window::open({400, 300, true, {}});
    ASSERT_TRUE(window) << window.error().message;
    window_ = std::move(*window);
    window_->ignore_devices();
    io().DisplaySize = {400, 300};
    until_sleep();
  }
  static ImGuiIO& io() { return ImGui::GetIO(); }

  // Draws frames as the program does until the loop goes to sleep; their number.
  int until_sleep() {
    for (int frames = 1; frames < 200; ++frames) {
      window_->frame([this] { contents(); });
      const auto start = std::chrono::steady_clock::now();
      window_->wait_for_next_frame(kSleep);
      if (std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() > kSleep * 0.9) return frames;
    }
    ADD_FAILURE() << "the loop does not sleep";
    return 0;
  }

  void contents() {
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize({400, 300});
    ImGui::Begin("window", nullptr, ImGuiWindowFlags_NoDecoration);
    if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
    ImGui::InputText("field", text_, sizeof text_);
    if (ImGui::Shortcut(ImGuiMod_Ctrl | ImGuiKey_G, ImGuiInputFlags_RouteGlobal)) ++shortcuts_;
    ImGui::Button("button", {100, 60});
    button_ = ImGui::GetItemRectMin();
    if (ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip)) tooltip_ = true;
    ImGui::SetNextItemAllowOverlap();   // as the cards of the loop tree
    if (ImGui::Button("card", {100, 60})) ++clicks_;
    card_ = ImGui::GetItemRectMin();
    ImGui::End();
  }

  std::unique_ptr<Window> window_;
  char text_[64] = "";
  int shortcuts_ = 0, clicks_ = 0;
  bool tooltip_ = false;
  ImVec2 button_, card_;
};

TEST_F(WindowLoop, FastTypingIsTakenInBeforeItSleeps) {
  for (const char letter : std::string("decompose_red")) {
    const auto key = static_cast<ImGuiKey>(letter == '_' ? ImGuiKey_Minus : ImGuiKey_A + (letter - 'a'));
    io().AddKeyEvent(key, true);
    io().AddInputCharacter(static_cast<unsigned>(letter));
    io().AddKeyEvent(key, false);
  }
  io().AddKeyEvent(ImGuiKey_LeftArrow, true);
  io().AddKeyEvent(ImGuiKey_LeftArrow, false);
  io().AddInputCharacter('X');
  until_sleep();
  EXPECT_STREQ(text_, "decompose_reXd");
}

TEST_F(WindowLoop, AFastShortcutIsTakenInBeforeItSleeps) {
  for (int i = 0; i < 4; ++i)
    for (const bool down : {true, false})
      for (const ImGuiKey key : {ImGuiMod_Ctrl, ImGuiKey_G}) io().AddKeyEvent(key, down);
  until_sleep();
  EXPECT_EQ(shortcuts_, 4);
}

TEST_F(WindowLoop, AModifierReleasedBeforeItsKeyStillCounts) {
  for (const bool down : {true, false})
    for (const ImGuiKey key : {ImGuiMod_Ctrl, ImGuiKey_LeftCtrl}) {
      io().AddKeyEvent(key, down);
      if (down && key == ImGuiKey_LeftCtrl) io().AddKeyEvent(ImGuiKey_G, true);
    }
  io().AddKeyEvent(ImGuiKey_G, false);
  until_sleep();
  EXPECT_EQ(shortcuts_, 1);
}

TEST_F(WindowLoop, AJumpAndAClickAtOnceIsAClick) {
  io().AddMousePosEvent(card_.x + 20, card_.y + 20);
  io().AddMouseButtonEvent(0, true);
  io().AddMouseButtonEvent(0, false);
  until_sleep();
  EXPECT_EQ(clicks_, 1);
}

TEST_F(WindowLoop, ATooltipComesAfterOneMoveOfTheMouse) {
  io().AddMousePosEvent(button_.x + 20, button_.y + 20);
  until_sleep();
  EXPECT_TRUE(tooltip_);
}

// Other windows of the display may send an event now and then (the focus goes): one quiet round is enough.
TEST_F(WindowLoop, ItSleepsWhereNothingHappens) {
  int frames = until_sleep();
  for (int round = 0; round < 10 && frames > 2; ++round) frames = until_sleep();
  EXPECT_LE(frames, 2);
}

}  // namespace
}  // namespace loopglass::ui
