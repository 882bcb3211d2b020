// The window's loop, which draws only when there is something to show.
#include "app/ui/window.h"

#include <gtest/gtest.h>
#include <imgui.h>

#include <chrono>
#include <random>
#include <string>

#include "app/ui/solid_fill.h"

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

// Cards, text, lines and what lies over them, here and there, most of it where it was before.
class Collage {
 public:
  void change() {
    for (int i = 0; i < 2; ++i) pieces_[below(pieces_.size())] = piece();
  }
  void draw() const {
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize({400, 300});
    ImGui::Begin("collage", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoInputs);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    for (const Piece& p : pieces_) {
      const ImVec2 high{p.low.x + p.size.x, p.low.y + p.size.y};
      list.PushClipRect({p.low.x + p.cut, p.low.y + p.cut / 2}, high, true);
      if (p.kind == 0) fill_card(list, p.low, high, p.cut, p.colour);
      if (p.kind == 1) list.AddText(p.low, p.colour, "for i, j in T.grid(128, 128):");
      if (p.kind == 2) list.AddLine(p.low, high, p.colour, 3);
      if (p.kind == 3) list.AddRectFilled(p.low, high, p.colour & ~IM_COL32(0, 0, 0, 128), 5);
      if (p.kind == 4) fill_rectangle(list, p.low, high, p.colour);
      list.PopClipRect();
    }
    ImGui::End();
  }

 private:
  struct Piece {
    int kind = 0;
    ImVec2 low, size;
    float cut = 0;
    ImU32 colour = 0;
  };
  size_t below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random_); }
  Piece piece() {
    const auto at = [this](size_t n) { return static_cast<float>(below(n)) / 4; };
    return {static_cast<int>(below(5)), {at(1700) - 20, at(1300) - 20}, {at(600), at(400)}, at(40), static_cast<ImU32>(below(1 << 24)) | IM_COL32_BLACK};
  }

  std::mt19937 random_{7};
  std::vector<Piece> pieces_ = std::vector<Piece>(12);
};

TEST_F(WindowLoop, WhatChangesIsDrawnAsIfAllWere) {
  Collage collage;
  const auto contents = [&] { collage.draw(); };
  for (int frame = 0; frame < 200; ++frame) {
    collage.change();
    image::Image picture, whole;
    window_->frame(contents, &picture);
    window_->forget_picture();
    window_->frame(contents, &whole);
    ASSERT_EQ(picture.rgba, whole.rgba) << "frame " << frame;
  }
}

// A frame that is left out is not drawn, but never two in a row, and none that a picture is taken of.
TEST_F(WindowLoop, FramesThatAreLeftOutAreMadeUpFor) {
  int colour = 0, drawn = 0;
  const auto contents = [&](bool leaves_out) {
    return [&, leaves_out] {
      ImDrawList& draw = *ImGui::GetForegroundDrawList();
      draw.AddRectFilled({0, 0}, io().DisplaySize, IM_COL32(++colour, 0, 0, 255));
      draw.AddCallback([](const ImDrawList*, const ImDrawCmd* command) { ++*static_cast<int*>(command->UserCallbackData); }, &drawn);
      if (leaves_out) window_->leave_out();
    };
  };
  window_->frame(contents(false));
  EXPECT_EQ(drawn, 1);
  window_->frame(contents(true));
  window_->frame(contents(true));
  EXPECT_EQ(drawn, 1) << "left out";
  window_->frame(contents(true));
  EXPECT_EQ(drawn, 2) << "not three in a row";
  image::Image picture;
  window_->frame(contents(true), &picture);
  EXPECT_EQ(drawn, 3) << "a picture is taken of it";
}

TEST(Damage, OnlyWhatChangesIsDrawn) {
  if (!std::getenv("DISPLAY") && !std::getenv("WAYLAND_DISPLAY")) GTEST_SKIP() << "no display";
  const auto window = Window::open({400, 300, true, {}});
  ASSERT_TRUE(window);
  (*window)->ignore_devices();
  float x = 40;
  const auto rectangles_of = [&](Damage& damage) {
    ImGui::GetIO().DisplaySize = {400, 300};
    ImGui::GetIO().DisplayFramebufferScale = {1, 1};
    ImGui::NewFrame();
    ImGui::GetBackgroundDrawList()->AddRectFilled({x, 40}, {x + 10, 50}, IM_COL32_WHITE);
    ImGui::GetBackgroundDrawList()->AddRectFilled({300, 200}, {310, 210}, IM_COL32_WHITE);
    ImGui::Render();
    return damage.next(*ImGui::GetDrawData(), IM_COL32_BLACK);
  };
  (*window)->frame([] {});
  Damage damage;
  EXPECT_EQ(rectangles_of(damage), (std::vector<PixelRect>{{0, 0, 400, 300}})) << "all at first";
  EXPECT_TRUE(rectangles_of(damage).empty());
  x = 100;   // from one tile to another
  const std::vector<PixelRect> changed = rectangles_of(damage);
  ASSERT_EQ(changed.size(), 1u) << "two tiles of a row are near enough to be drawn as one";
  EXPECT_LE(changed[0].left, 40);
  EXPECT_GE(changed[0].right, 110);
  EXPECT_LT(changed[0].right, 200);
  EXPECT_LT(changed[0].bottom, 100);
}

}  // namespace
}  // namespace loopglass::ui
